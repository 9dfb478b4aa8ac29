import type { FaceImage } from '../frame/face-image.ts';
import { mirrorFace } from '../frame/mirror-face.ts';
import type { Embedder, Embedding } from './embed.ts';

/**
 * Embeds a face for the gallery: the mean of the embeddings of the picture and its mirror image,
 * brought to length 1, which lies nearer to the person's other pictures (docs/models.md has the
 * figures). Enrolment has the time; live faces are embedded once. The recognisability is that of
 * the picture itself.
 * @throws NightglassError `INFERENCE_*`
 */
export async function embedEnrolled(embedder: Embedder, face: FaceImage): Promise<Embedding> {
  const [own, mirrored] = await Promise.all([
    embedder.embed(face),
    embedder.embed(mirrorFace(face)),
  ]);
  const sum = own.vector.map((value, i) => value + (mirrored.vector[i] as number));
  const length = Math.hypot(...sum);
  // Two opposite vectors have no mean; the picture itself then speaks.
  if (length < 1e-6) return own;
  return { vector: sum.map((value) => value / length), recognisability: own.recognisability };
}
