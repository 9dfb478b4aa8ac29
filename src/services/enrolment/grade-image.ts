import type { DetectedFace } from '../../domain/detection.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Embedder, Embedding } from '../../domain/face-models.ts';
import type { FaceImage } from '../../domain/frame/face-image.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type { Box } from '../../domain/geometry/box.ts';
import { interEyeDistance } from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import {
  type AdvisedComponent,
  adviseComponents,
  singleFacePresent,
} from '../../domain/quality/component-report.ts';
import type { Quality } from '../../domain/quality/quality.ts';
import { cropForEnrolment } from '../faces/crop-for-enrolment.ts';

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
  /** In the picture's pixels. */
  readonly box: Box;
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
 * Finds and grades the face of a picture. Nothing is kept.
 * @throws NightglassError `IMAGE_*`, `NO_FACE`, `INFERENCE_*`
 */
export async function gradeImage(
  options: GradeOptions,
  { name, bytes }: NamedImage,
): Promise<GradedImage> {
  const picture = await options.codec.decode(bytes);
  const found = await options.finder.find(picture);
  const chosen = found.toSorted((a, b) => areaOf(b) - areaOf(a))[0];
  const face = chosen === undefined ? undefined : cropForEnrolment(picture, chosen);
  if (chosen === undefined || face === undefined) {
    throw new NightglassError('NO_FACE', `Cannot use ${name}: no face was found in it`, {
      hint: 'Use a picture in which the whole face is seen from the front.',
    });
  }
  const distance = interEyeDistance(chosen.landmarks);
  const embedding = await options.embedder.embed(face);
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
    box: chosen.box,
    faces: found.length,
    embedding,
    quality,
    components: [...adviseComponents(quality), singleFacePresent(found.map(areaOf))],
    refusal: small
      ? `${distance.toFixed(0)} pixels between the eyes, ${minimumInterEyeDistance} are needed`
      : refusalOf(quality, minimumQuality),
  };
}

function refusalOf({ score, verdict, reasons }: Quality, minimum: number): string | null {
  if (score >= minimum && verdict !== 'reject') return null;
  const because = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  return `its quality is ${score.toFixed(0)}, ${minimum} is needed${because}`;
}

function areaOf({ box }: DetectedFace): number {
  return box.width * box.height;
}
