import type { DetectedFace } from '../../domain/detection.ts';
import { type ErrorCode, NightglassError } from '../../domain/errors.ts';
import type { Embedder, Embedding } from '../../domain/face-models.ts';
import type { FaceImage } from '../../domain/frame/face-image.ts';
import type { ImageCodec, Turn } from '../../domain/frame/image-codec.ts';
import type { PictureRoom } from '../../domain/frame/picture-room.ts';
import type { Box } from '../../domain/geometry/box.ts';
import { interEyeDistance } from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import { assessQuality, judgeRecognised } from '../../domain/quality/assess-quality.ts';
import {
  type AdvisedComponent,
  adviseComponents,
  singleFacePresent,
} from '../../domain/quality/component-report.ts';
import { coverage } from '../../domain/quality/coverage.ts';
import type { Occlusion } from '../../domain/quality/occlusion.ts';
import type { Quality, QualityScore } from '../../domain/quality/quality.ts';
import { cropForEnrolment } from '../faces/crop-for-enrolment.ts';
import { areaOf, findUpright, turnedBack, type UprightFace } from './find-upright.ts';

/** Finds faces in a still picture. */
export interface FaceFinder {
  find(image: RgbImage): Promise<readonly DetectedFace[]>;
}

export interface GradeOptions {
  /** Where decoded pictures share the memory; default: without a bound. */
  readonly room?: PictureRoom;
  readonly codec: Pick<ImageCodec, 'decode'>;
  readonly finder: FaceFinder;
  readonly embedder: Embedder;
  /**
   * Grades a face; default: as the live path, with what the recogniser says. `interEyeDistance` in pixels of the picture it came from, `coverage`: how much
   * of it lies within that picture.
   */
  readonly assessQuality?: (
    face: FaceImage,
    context: {
      readonly interEyeDistance: number;
      readonly recognisability: number;
      readonly detectionScore: number;
      readonly occlusion?: Occlusion | undefined;
      readonly coverage: QualityScore;
    },
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
  /** Which of its faces is meant, by number: the largest is 1. */
  readonly face?: number;
}

/** A face of a picture that holds several, for somebody to choose. */
export interface FaceChoice {
  /** From 1, the largest first. */
  readonly number: number;
  /** In the pixels of the picture as it was handed in. */
  readonly box: Box;
  readonly quality: number;
  /** Whether it could be enrolled. */
  readonly ok: boolean;
}

/** The face of a picture that is meant, and what it is worth for enrolment. */
export interface GradedImage {
  readonly face: FaceImage;
  /** In the pixels of the picture as it was handed in. */
  readonly box: Box;
  /** Degrees clockwise that the picture was turned to stand upright. */
  readonly turned: Turn;
  /** Faces in the picture. */
  readonly faces: number;
  /** All of them, where there are several. */
  readonly choices: readonly FaceChoice[];
  readonly embedding: Embedding;
  /** Its reasons name what enrolment holds against it, too. */
  readonly quality: Quality;
  readonly components: readonly AdvisedComponent[];
  /** Why it may not be enrolled; null when it may. */
  readonly refusal: string | null;
  /** The code of the refusal; null where there is none. */
  readonly code: ErrorCode | null;
}

/** Smaller ones than these are people in the background. */
const mostFaces = 12;

/**
 * Finds and grades the face of a picture, which is turned where it lies on its side or
 * stands on its head: the one that is named, else the only one that could be enrolled. Where
 * there are several of those the picture is refused until one is named. Nothing is kept.
 * @throws NightglassError `IMAGE_*`, `NO_FACE`, `FACE_TURNED`, `INFERENCE_*`; `BAD_REQUEST` where
 *   there is no face of that number
 */
export function gradeImage(options: GradeOptions, image: NamedImage): Promise<GradedImage> {
  const { room } = options;
  const work = () => lookAndGrade(options, image);
  return room === undefined ? work() : room(image.bytes, work);
}

async function lookAndGrade(options: GradeOptions, image: NamedImage): Promise<GradedImage> {
  const look = await findUpright(options, image.name, image.bytes);
  const faces = await gradeFaces(options, image, look);
  const { turned, found } = look;
  const chosen = choose(faces, image);
  const usable = faces.filter(({ refusal }) => refusal === null);
  const isOpen = image.face === undefined && usable.length > 1;
  return {
    ...chosen,
    turned,
    faces: found.length,
    choices: faces.length < 2 ? [] : faces.map(choiceOf),
    components: [...adviseComponents(chosen.quality), singleFacePresent(found.map(areaOf))],
    refusal: isOpen ? `it shows ${usable.length} faces, say which one is meant` : chosen.refusal,
    code: isOpen
      ? 'SEVERAL_FACES'
      : chosen.refusal === null
        ? null
        : chosen.quality.reasons.includes('not_a_face')
          ? 'NO_FACE'
          : 'QUALITY_TOO_LOW',
  };
}

interface GradedFace
  extends Pick<GradedImage, 'face' | 'box' | 'embedding' | 'quality' | 'refusal'> {
  readonly number: number;
}

function choiceOf({ number, box, quality, refusal }: GradedFace): FaceChoice {
  return { number, box, quality: quality.score, ok: refusal === null };
}

/** The face that is named, else the only usable one, else the largest. */
function choose(faces: readonly GradedFace[], { name, face }: NamedImage): GradedFace {
  const usable = faces.find(({ refusal }) => refusal === null);
  const wanted =
    face === undefined ? (usable ?? faces[0]) : faces.find(({ number }) => number === face);
  if (wanted !== undefined) return wanted;
  throw new NightglassError(
    'BAD_REQUEST',
    `Cannot use ${name}: it has no face number ${face}, only ${faces.length}`,
  );
}

/** All faces of the picture, the largest first. */
async function gradeFaces(
  options: GradeOptions,
  { bytes }: NamedImage,
  look: UprightFace,
): Promise<readonly GradedFace[]> {
  const { turned, size, found, chosen } = look;
  const largest = found.toSorted((a, b) => areaOf(b) - areaOf(a)).slice(0, mostFaces);
  const graded: GradedFace[] = [];
  const picture = largest.length > 1 ? await options.codec.decode(bytes, { turn: turned }) : null;
  for (const each of largest) {
    const face = each === chosen ? look.face : picture && cropForEnrolment(picture, each);
    if (!face) continue;
    const embedding = each === chosen ? look.embedding : await options.embedder.embed(face);
    graded.push({
      number: graded.length + 1,
      face,
      box: turnedBack(each.box, turned, size),
      embedding,
      ...(await gradeFace(options, each, face, embedding, size)),
    });
  }
  return graded;
}

/** As the live path grades a face, with what the recogniser says of it. */
function assessWith({ rejectBelow }: Embedder): NonNullable<GradeOptions['assessQuality']> {
  return (face, { coverage: within, ...seen }) =>
    judgeRecognised(assessQuality(face, { coverage: within }), seen, rejectBelow);
}

async function gradeFace(
  options: GradeOptions,
  { landmarks, score: detectionScore }: DetectedFace,
  face: FaceImage,
  { recognisability, occlusion }: Embedding,
  picture: UprightFace['size'],
): Promise<Pick<GradedFace, 'quality' | 'refusal'>> {
  const distance = interEyeDistance(landmarks);
  const { assessQuality: assess = assessWith(options.embedder) } = options;
  const assessed = await assess(face, {
    interEyeDistance: distance,
    recognisability,
    detectionScore,
    occlusion,
    coverage: coverage(landmarks, picture),
  });
  const { minimumQuality = 50, minimumInterEyeDistance = 30 } = options;
  if (distance >= minimumInterEyeDistance) {
    return { quality: assessed, refusal: refusalOf(assessed, minimumQuality) };
  }
  return {
    quality: {
      ...assessed,
      reasons: [...new Set(['interEyeDistance' as const, ...assessed.reasons])],
    },
    refusal: `${distance.toFixed(0)} pixels between the eyes, ${minimumInterEyeDistance} are needed`,
  };
}

function refusalOf({ score, verdict, reasons }: Quality, minimum: number): string | null {
  if (score >= minimum && verdict !== 'reject') return null;
  if (reasons.includes('not_a_face')) {
    return 'what was found is no whole face seen from the front (not_a_face)';
  }
  const because = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  if (score >= minimum) return `its face cannot be used${because}`;
  return `its quality is ${score.toFixed(0)}, ${minimum} is needed${because}`;
}
