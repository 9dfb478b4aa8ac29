import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type { PictureRoom } from '../../domain/frame/picture-room.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import { type DescribedFace, describeFaces, type FacePorts } from './describe-faces.ts';

export interface PicturedPorts extends FacePorts {
  readonly codec: ImageCodec;
  /** Where decoded pictures share the memory; default: without a bound. */
  readonly room?: PictureRoom;
}

/** One embedding of a face that several pictures show. */
export interface PicturedFaceEmbedding {
  readonly model: string;
  /** L2-normalised. */
  readonly embedding: Float32Array;
}

/**
 * The mean embedding of the face in the middle of each of these pictures, as a search would make
 * it: each is cut to the one face. Undefined where no face is found in any.
 * @param pictures JPEG
 * @throws NightglassError `IMAGE_*`, `BUSY`, `INFERENCE_*`
 */
export async function embedPictured(
  pictures: readonly Uint8Array[],
  ports: PicturedPorts,
): Promise<PicturedFaceEmbedding | undefined> {
  const found: DescribedFace[] = [];
  for (const bytes of pictures) {
    const describe = async () => {
      const image = await ports.codec.decode(bytes);
      return middleOf(await describeFaces(image, ports), image);
    };
    const face = await (ports.room === undefined ? describe() : ports.room(bytes, describe));
    if (face !== undefined) found.push(face);
  }
  const [first] = found;
  if (first === undefined) return undefined;
  const sum = first.fused.map((_, at) =>
    found.reduce((total, { fused }) => total + (fused[at] ?? 0), 0),
  );
  const norm = Math.hypot(...sum);
  return { model: first.model, embedding: sum.map((value) => value / norm) };
}

/** The face whose centre is nearest to that of the picture. */
function middleOf(
  faces: readonly DescribedFace[],
  { width, height }: RgbImage,
): DescribedFace | undefined {
  const away = ({ box }: DescribedFace) =>
    Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2);
  return faces.toSorted((a, b) => away(a) - away(b))[0];
}
