import { createHash } from 'node:crypto';
import { isNightglassError, NightglassError } from '../errors.ts';
import type { FaceImage } from '../frame/face-image.ts';
import type { RgbImage } from '../frame/image.ts';
import type { ImageCodec } from '../frame/image-codec.ts';
import { interEyeDistance } from '../geometry/landmarks.ts';
import type { DetectedFace } from '../operators/detect.ts';
import type { Embedder } from '../operators/embed.ts';
import type { ListMatch, Probe } from '../operators/match.ts';
import type { Quality, QualityComponent } from '../quality/quality.ts';
import type { Calibration } from './calibration.ts';
import { cutFace } from './cut-face.ts';
import { similarityLevels } from './similarity-levels.ts';
import type { NewTemplate } from './template-table.ts';
import type { Person, Template, TemplateFlag } from './watchlist.ts';

/** Finds faces in a still picture. */
export interface FaceFinder {
  find(image: RgbImage): Promise<readonly DetectedFace[]>;
}

/** What enrolment needs of the watchlist store. */
export interface EnrolmentStore {
  getPerson(id: string): Person;
  templates(personId: string): Template[];
  templatesBySource(watchlistId: string, sourceSha256: string): Template[];
  addTemplate(template: NewTemplate): Template;
}

export interface EnrolmentOptions {
  readonly store: EnrolmentStore;
  readonly codec: ImageCodec;
  readonly finder: FaceFinder;
  readonly embedder: Embedder;
  /** Grades a face; `interEyeDistance` in pixels of the picture it came from. */
  readonly assessQuality: (
    face: FaceImage,
    context: { readonly interEyeDistance: number; readonly recognisability: number },
  ) => Quality | Promise<Quality>;
  /** The gallery's search by hand, to find the same person under another name. */
  readonly candidates: (probe: Probe, watchlistId: string, limit: number) => readonly ListMatch[];
  readonly calibration: (model: string) => Calibration | undefined;
  /** Unified quality that an enrolled image must have, 0..100. Default 50. */
  readonly minimumQuality?: number;
  /** Inter-eye distance that it must have, pixels. Default 30. */
  readonly minimumInterEyeDistance?: number;
}

export interface EnrolmentImage {
  /** Shown in the result, e.g. the file's name. */
  readonly name: string;
  /** JPEG, PNG, WebP or BMP. */
  readonly bytes: Uint8Array;
}

export type EnrolmentWarning =
  | { readonly kind: 'several-faces'; readonly faces: number }
  | {
      /** The same picture, or a very similar face, stands on the list under another person. */
      readonly kind: 'possible-duplicate';
      readonly personId: string;
      readonly personName: string;
      /** Cosine; null when the picture is the same file. */
      readonly similarity: number | null;
    }
  | {
      /** The face is unlike the person's other images. */
      readonly kind: 'outlier';
      /** Best cosine with the person's other images. */
      readonly similarity: number;
    };

/** What became of one image: every image handed in has one, in order. */
export type ImageOutcome = { readonly name: string } & (
  | {
      readonly status: 'enrolled';
      readonly templateId: string;
      readonly quality: number;
      readonly warnings: readonly EnrolmentWarning[];
    }
  /** This person has this very image already: nothing was added. */
  | { readonly status: 'known'; readonly templateId: string }
  | {
      readonly status: 'refused';
      readonly code: string;
      readonly message: string;
      readonly quality: number | null;
      /** What kept the quality down, worst first. */
      readonly reasons: readonly QualityComponent[];
    }
);

export interface EnrolmentResult {
  readonly personId: string;
  readonly enrolled: number;
  readonly images: readonly ImageOutcome[];
}

/**
 * Enrols images of a person. An image that cannot be used is refused with its
 * reason and the others go on, also when inference or the store fails for one;
 * nothing is left out in silence. Doubtful ones (several faces, possible
 * duplicate, outlier) are enrolled and flagged: a person decides. Images are
 * worked on one after the other.
 * @throws NightglassError `NOT_FOUND` when there is no such person
 */
export async function enrol(
  options: EnrolmentOptions,
  personId: string,
  images: readonly EnrolmentImage[],
): Promise<EnrolmentResult> {
  const person = options.store.getPerson(personId);
  const outcomes: ImageOutcome[] = [];
  for (const image of images) {
    try {
      outcomes.push(await enrolImage(options, person, image));
    } catch (error) {
      outcomes.push(refusal(image.name, error));
    }
  }
  const enrolled = outcomes.filter(({ status }) => status === 'enrolled').length;
  return { personId, enrolled, images: outcomes };
}

/** Thrown within an image's work, with what the outcome says about it. */
class Refused extends NightglassError {
  readonly quality: Quality;

  constructor(message: string, quality: Quality) {
    super('QUALITY_TOO_LOW', message, {
      mend: 'Use a larger, sharper, evenly lit frontal picture.',
    });
    this.quality = quality;
  }
}

function refusal(name: string, error: unknown): ImageOutcome {
  if (!isNightglassError(error)) throw error;
  const quality = error instanceof Refused ? error.quality : null;
  return {
    name,
    status: 'refused',
    code: error.code,
    message: error.message,
    quality: quality?.score ?? null,
    reasons: quality?.reasons ?? [],
  };
}

async function enrolImage(
  options: EnrolmentOptions,
  person: Person,
  { name, bytes }: EnrolmentImage,
): Promise<ImageOutcome> {
  const { store, codec, finder, embedder, candidates } = options;
  const { model } = embedder;
  const sourceSha256 = createHash('sha256').update(bytes).digest('hex');
  const sameSource = store
    .templatesBySource(person.watchlistId, sourceSha256)
    .filter((template) => template.model === model);
  const known = sameSource.find(({ personId }) => personId === person.id);
  if (known !== undefined) return { name, status: 'known', templateId: known.id };

  const picture = await codec.decode(bytes);
  const faces = await finder.find(picture);
  const chosen = largest(faces);
  const face = chosen === undefined ? undefined : cutFace(picture, chosen);
  if (chosen === undefined || face === undefined) {
    throw new NightglassError('NO_FACE', `Cannot enrol ${name}: no face was found in it`);
  }
  const distance = interEyeDistance(chosen.landmarks);
  const embedding = await embedder.embed(face);
  const quality = await options.assessQuality(face, {
    interEyeDistance: distance,
    recognisability: embedding.recognisability,
  });
  assertGoodEnough(options, name, quality, distance);

  const warnings: EnrolmentWarning[] = [];
  if (faces.length > 1) warnings.push({ kind: 'several-faces', faces: faces.length });
  const levels = similarityLevels(options.calibration(model));

  const { vector } = embedding;
  const probe: Probe = { model, fused: vector, raw: vector, enhanced: null };
  const others = candidates(probe, person.watchlistId, 5).filter((m) => m.personId !== person.id);
  const alike = others.find(({ scores }) => scores.fused >= levels.same);
  const copied = sameSource[0];
  if (copied !== undefined) {
    const other = store.getPerson(copied.personId);
    const { id, name: personName } = other;
    warnings.push({ kind: 'possible-duplicate', personId: id, personName, similarity: null });
  } else if (alike !== undefined) {
    const { personId, personName, scores } = alike;
    warnings.push({ kind: 'possible-duplicate', personId, personName, similarity: scores.fused });
  }

  const own = store.templates(person.id).filter((template) => template.model === model);
  if (own.length > 0) {
    const similarity = Math.max(...own.map((template) => cosine(template.embedding, vector)));
    if (similarity < levels.stranger) warnings.push({ kind: 'outlier', similarity });
  }

  const template = store.addTemplate({
    personId: person.id,
    model,
    embedding: vector,
    quality: quality.score,
    sourceSha256,
    flags: warnings.map(({ kind }): TemplateFlag => kind),
    landmarks: face.landmarks,
    image: await codec.encodeJpeg(face.image, 92),
  });
  return {
    name,
    status: 'enrolled',
    templateId: template.id,
    quality: quality.score,
    warnings,
  };
}

function assertGoodEnough(
  options: EnrolmentOptions,
  name: string,
  quality: Quality,
  distance: number,
): void {
  const { minimumQuality = 50, minimumInterEyeDistance = 30 } = options;
  if (distance < minimumInterEyeDistance) {
    throw new Refused(
      `Cannot enrol ${name}: ${distance.toFixed(0)} pixels between the eyes, ${minimumInterEyeDistance} are needed`,
      { ...quality, reasons: [...new Set(['interEyeDistance' as const, ...quality.reasons])] },
    );
  }
  if (quality.score < minimumQuality || quality.verdict === 'reject') {
    const because = quality.reasons.length === 0 ? '' : ` (${quality.reasons.join(', ')})`;
    throw new Refused(
      `Cannot enrol ${name}: its quality is ${quality.score.toFixed(0)}, ${minimumQuality} is needed${because}`,
      quality,
    );
  }
}

function largest(faces: readonly DetectedFace[]): DetectedFace | undefined {
  const area = ({ box }: DetectedFace) => box.width * box.height;
  return faces.toSorted((a, b) => area(b) - area(a))[0];
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
