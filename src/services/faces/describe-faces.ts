import type { DetectedFace } from '../../domain/detection.ts';
import type { Aligner, Embedder, Embedding, Enhancer, Fuser } from '../../domain/face-models.ts';
import type { FaceImage } from '../../domain/frame/face-image.ts';
import { interEyeDistance, type Landmarks } from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import { assessQuality, judgeRecognised } from '../../domain/quality/assess-quality.ts';
import { coverage } from '../../domain/quality/coverage.ts';
import type { Quality } from '../../domain/quality/quality.ts';
import { cropForEnrolment } from './crop-for-enrolment.ts';

export interface FacePorts {
  readonly find: (image: RgbImage) => Promise<readonly DetectedFace[]>;
  readonly aligner: Aligner;
  readonly enhancer: Enhancer;
  readonly embedder: Embedder;
  readonly fuser: Fuser;
}

/** A face of a still picture with its three embeddings, each L2-normalised. */
export interface DescribedFace extends DetectedFace {
  /** Pixels between the eyes. */
  readonly interEyeDistance: number;
  readonly quality: Quality;
  readonly model: string;
  readonly raw: Float32Array;
  /** Null when the face is large enough to need no enhancement. */
  readonly enhanced: Float32Array | null;
  readonly fused: Float32Array;
  /** Weight of the raw embedding, 0..1. */
  readonly gate: number;
  readonly recognisability: number;
}

/**
 * Describes the faces of a still picture, largest first, by the live path's own
 * aligner, enhancer, embedder and gate.
 * @param landmarks faces given instead of found; these are not aligned again
 * @throws NightglassError `INFERENCE_*`
 */
export async function describeFaces(
  image: RgbImage,
  ports: FacePorts,
  landmarks?: readonly Landmarks[],
): Promise<DescribedFace[]> {
  const found = landmarks?.map(givenFace) ?? (await ports.find(image));
  const faces = found.toSorted((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
  const described: DescribedFace[] = [];
  for (const face of faces) {
    const cut = cropForEnrolment(image, face);
    if (cut === undefined) continue;
    const distance = interEyeDistance(face.landmarks);
    const seen = landmarks === undefined ? await alignedAgain(cut, ports.aligner) : cut;
    const { raw, enhanced, fused, gate } = await embedCut(seen, distance, ports);
    const framePixels = distance / interEyeDistance(cut.landmarks);
    described.push({
      ...face,
      interEyeDistance: distance,
      quality: judgeRecognised(
        // Faces that are given come in pictures cut to them.
        assessQuality(cut, {
          framePixels,
          ...(landmarks ? {} : { coverage: coverage(face.landmarks, image) }),
        }),
        {
          recognisability: raw.recognisability,
          detectionScore: face.score,
          occlusion: raw.occlusion,
        },
        ports.embedder.rejectBelow,
      ),
      model: ports.embedder.model,
      raw: raw.vector,
      enhanced: enhanced?.vector ?? null,
      fused,
      gate,
      recognisability: raw.recognisability,
    });
  }
  return described;
}

/** The face with its landmarks where a second look places them. @throws NightglassError `INFERENCE_*` */
export async function alignedAgain(face: FaceImage, aligner: Aligner): Promise<FaceImage> {
  return { ...face, landmarks: await aligner.align(face) };
}

/** The branches of a face that was cut out, as the live path computes them. */
export interface EmbeddedCut {
  readonly raw: Embedding;
  /** Null when the face is large enough to need no enhancement; its picture too. */
  readonly enhanced: Embedding | null;
  readonly enhancedImage: RgbImage | null;
  /** L2-normalised. */
  readonly fused: Float32Array;
  /** Weight of the raw embedding, 0..1. */
  readonly gate: number;
  /** In a track's template; null where the fuse model gives none. */
  readonly weight: number | null;
}

/**
 * Both branches and their fusion.
 * @param interEyeDistance in the picture that the face was cut from, pixels
 * @throws NightglassError `INFERENCE_*`
 */
export async function embedCut(
  cut: FaceImage,
  interEyeDistance: number,
  ports: Pick<FacePorts, 'embedder' | 'enhancer' | 'fuser'>,
): Promise<EmbeddedCut> {
  const [raw, enhancedImage] = await Promise.all([
    ports.embedder.embed(cut),
    ports.enhancer.enhance(cut),
  ]);
  const enhanced =
    enhancedImage === null ? null : await ports.embedder.embedEnhanced(enhancedImage);
  const fusion = await ports.fuser.fuse({ raw, enhanced, interEyeDistance });
  return { raw, enhanced, enhancedImage, ...fusion };
}

/** A face whose landmarks are given; its box as wide as a detector's, some 2.4 times the distance of the eyes. */
export function givenFace(landmarks: Landmarks): DetectedFace {
  const xs = landmarks.map(({ x }) => x);
  const ys = landmarks.map(({ y }) => y);
  const centre = {
    x: (Math.min(...xs) + Math.max(...xs)) / 2,
    y: (Math.min(...ys) + Math.max(...ys)) / 2,
  };
  const width = Math.max(
    2.4 * interEyeDistance(landmarks),
    2 * (Math.max(...ys) - Math.min(...ys)),
  );
  const height = width * 1.25;
  return {
    box: { x: centre.x - width / 2, y: centre.y - height * 0.55, width, height },
    landmarks,
    score: 1,
  };
}
