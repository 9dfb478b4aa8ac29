import type { DetectedFace } from '../../domain/detection.ts';
import type { Embedder, Embedding } from '../../domain/face-models.ts';
import type { FaceImage } from '../../domain/frame/face-image.ts';
import type { ImageCodec, Turn } from '../../domain/frame/image-codec.ts';
import type { Box } from '../../domain/geometry/box.ts';
import { interEyeDistance } from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import {
  type AdvisedComponent,
  adviseComponents,
  singleFacePresent,
} from '../../domain/quality/component-report.ts';
import type { Quality } from '../../domain/quality/quality.ts';
import { areaOf, findUpright, turnedBack } from './find-upright.ts';

/** Finds faces in a still picture. */
export interface FaceFinder {
  find(image: RgbImage): Promise<readonly DetectedFace[]>;
}

export interface GradeOptions {
  readonly codec: Pick<ImageCodec, 'decode'>;
  readonly finder: FaceFinder;
  readonly embedder: Embedder;
  /** Grades a face; `interEyeDistance` in pixels of the picture it came from. */
  readonly assessQuality: (
    face: FaceImage,
    context: { readonly interEyeDistance: number; readonly recognisability: number },
  ) => Quality | Promise<Quality>;
  /** Unified quality that an enrolled image must have, 0..100. Default 50. */
  readonly minimumQuality?: number;
  /** Inter-eye distance that it must have, pixels. Default 30. */
  readonly minimumInterEyeDistance?: number;
}

export interface NamedImage {
  /** Shown in the result, e.g. the file's name. */
  readonly name: string;
  /** JPEG, PNG, WebP or BMP. */
  readonly bytes: Uint8Array;
}

/** The largest face of a picture and what it is worth for enrolment. */
export interface GradedImage {
  readonly face: FaceImage;
  /** In the pixels of the picture as it was handed in. */
  readonly box: Box;
  /** Degrees clockwise that the picture was turned to stand upright. */
  readonly turned: Turn;
  /** Faces in the picture. */
  readonly faces: number;
  readonly embedding: Embedding;
  /** Its reasons name what enrolment holds against it, too. */
  readonly quality: Quality;
  readonly components: readonly AdvisedComponent[];
  /** Why it may not be enrolled; null when it may. */
  readonly refusal: string | null;
}

/**
 * Finds and grades the face of a picture, which is turned where it lies on its side or
 * stands on its head. Nothing is kept.
 * @throws NightglassError `IMAGE_*`, `NO_FACE`, `FACE_TURNED`, `INFERENCE_*`
 */
export async function gradeImage(
  options: GradeOptions,
  { name, bytes }: NamedImage,
): Promise<GradedImage> {
  const look = await findUpright(options, name, bytes);
  const { turned, found, chosen, face, embedding } = look;
  const distance = interEyeDistance(chosen.landmarks);
  const assessed = await options.assessQuality(face, {
    interEyeDistance: distance,
    recognisability: embedding.recognisability,
  });
  const { minimumQuality = 50, minimumInterEyeDistance = 30 } = options;
  const small = distance < minimumInterEyeDistance;
  const quality: Quality = small
    ? { ...assessed, reasons: [...new Set(['interEyeDistance' as const, ...assessed.reasons])] }
    : assessed;
  return {
    face,
    box: turnedBack(chosen.box, turned, look.size),
    turned,
    faces: found.length,
    embedding,
    quality,
    components: [...adviseComponents(quality), singleFacePresent(found.map(areaOf))],
    refusal: small
      ? `${distance.toFixed(0)} pixels between the eyes, ${minimumInterEyeDistance} are needed`
      : refusalOf(quality, minimumQuality),
  };
}

/** The code of a refusal. */
export function refusalCode({ reasons }: Quality): 'NO_FACE' | 'QUALITY_TOO_LOW' {
  return reasons.includes('not_a_face') ? 'NO_FACE' : 'QUALITY_TOO_LOW';
}

function refusalOf({ score, verdict, reasons }: Quality, minimum: number): string | null {
  if (score >= minimum && verdict !== 'reject') return null;
  if (reasons.includes('not_a_face')) {
    return 'what was found is no whole face seen from the front (not_a_face)';
  }
  const because = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  return `its quality is ${score.toFixed(0)}, ${minimum} is needed${because}`;
}
