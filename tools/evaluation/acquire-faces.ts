import { readFile } from 'node:fs/promises';
import type { DetectedFace } from '../../src/domain/detection.ts';
import { isNightglassError } from '../../src/domain/errors.ts';
import type { Embedding } from '../../src/domain/face-models.ts';
import type { ImageCodec } from '../../src/domain/frame/image-codec.ts';
import { alignTemplate } from '../../src/domain/geometry/align.ts';
import { interEyeDistance } from '../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import { assessQuality, withRecognisability } from '../../src/domain/quality/assess-quality.ts';
import type { Quality } from '../../src/domain/quality/quality.ts';
import { cropForEnrolment } from '../../src/services/faces/crop-for-enrolment.ts';
import {
  alignedAgain,
  embedCut,
  type FacePorts,
  givenFace,
} from '../../src/services/faces/describe-faces.ts';
import type { PoorViewMaker } from '../../src/services/faces/poor-view.ts';
import { type PictureDistance, pictureDistance } from './picture-distance.ts';
import type { GalleryEntry } from './protocol.ts';

/** What the live path makes of the face in one picture. */
export interface AcquiredFace {
  /** Where it lies in the picture. */
  readonly place: Pick<DetectedFace, 'box' | 'landmarks'>;
  readonly raw: Embedding;
  /** Null when the face is large enough to need no enhancement. */
  readonly enhanced: Embedding | null;
  readonly fused: Float32Array;
  /** Of enrolled pictures: what small faces are compared with; null where the models say nothing of it. */
  readonly poorView: Float32Array | null;
  readonly gate: number;
  /** In a track's template; null where the fuse model gives none. */
  readonly weight: number | null;
  readonly quality: Quality;
  /** Pixels between the eyes. */
  readonly interEyeDistance: number;
  /** Distance of both branches' pictures from the undegraded one, where there is one and it was enhanced. */
  readonly distances: { readonly raw: PictureDistance; readonly enhanced: PictureDistance } | null;
}

/** What takes faces of still pictures, as the product enrols and sees them. */
export interface EvaluationPorts extends FacePorts {
  readonly poorViews?: PoorViewMaker | undefined;
}

export interface AcquireOptions {
  readonly ports: EvaluationPorts;
  readonly codec: ImageCodec;
  /** `given`: those of the protocol, where it has them; `own`: those that the detector finds. */
  readonly landmarks: 'given' | 'own';
  /** Whether an entry is enrolled, not seen by a camera: such pictures are not aligned again. */
  readonly isEnrolled?: (entry: GalleryEntry) => boolean;
  /** Pictures at once; default 16. */
  readonly concurrency?: number;
  /** The undegraded picture of an entry. */
  readonly cleanOf?: (entry: GalleryEntry) => GalleryEntry | undefined;
  /** @param done pictures so far */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Takes the face of each picture through detection, alignment, both branches and
 * fusion. Null where no face was acquired: none found, the recogniser takes it for none, or the
 * file is no picture.
 * @throws NightglassError `INFERENCE_*`
 */
export async function acquireFaces(
  entries: readonly GalleryEntry[],
  options: AcquireOptions,
): Promise<(AcquiredFace | null)[]> {
  return inTurn(entries, options, (entry) => acquire(entry, options));
}

/** What a changed part of the chain is asked for again. */
export interface EnhanceAgainOptions
  extends Pick<AcquireOptions, 'codec' | 'concurrency' | 'onProgress' | 'signal'> {
  readonly ports: Pick<FacePorts, 'enhancer' | 'embedder' | 'fuser'>;
}

/**
 * Takes acquired faces through another enhanced branch: the raw embedding stays, so that only
 * what differs is computed. Faces that were not enhanced stay as they are.
 * @param faces of `entries`, in their order
 * @throws NightglassError `INFERENCE_*`
 */
export async function enhanceAgain(
  entries: readonly GalleryEntry[],
  faces: readonly (AcquiredFace | null)[],
  options: EnhanceAgainOptions,
): Promise<(AcquiredFace | null)[]> {
  const { enhancer, embedder, fuser } = options.ports;
  return inTurn(entries, options, async ({ file }, at) => {
    const face = faces[at] ?? null;
    if (face === null || face.enhanced === null) return face;
    const image = await decode(file, options.codec);
    const cut = image === null ? undefined : cropForEnrolment(image, face.place);
    const picture = cut === undefined ? null : await enhancer.enhance(cut);
    const enhanced = picture === null ? null : await embedder.embedEnhanced(picture);
    const { raw, interEyeDistance: distance } = face;
    const fusion = await fuser.fuse({ raw, enhanced, interEyeDistance: distance });
    return { ...face, enhanced, ...fusion };
  });
}

/** Some entries at once, results in their order. */
async function inTurn<T, R>(
  entries: readonly T[],
  {
    concurrency = 16,
    onProgress,
    signal,
  }: Pick<AcquireOptions, 'concurrency' | 'onProgress' | 'signal'>,
  take: (entry: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(entries.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < entries.length) {
      signal?.throwIfAborted();
      const at = next;
      next += 1;
      results[at] = await take(entries[at] as T, at);
      done += 1;
      onProgress?.(done);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

async function acquire(entry: GalleryEntry, options: AcquireOptions): Promise<AcquiredFace | null> {
  const image = await decode(entry.file, options.codec);
  if (image === null) return null;
  const given = options.landmarks === 'given' ? entry.landmarks : undefined;
  const face = given === undefined ? largest(await options.ports.find(image)) : givenFace(given);
  const cut = face && cropForEnrolment(image, face);
  if (face === undefined || cut === undefined) return null;
  const distance = interEyeDistance(face.landmarks);
  // As in the product: faces of cameras are looked at again, enrolled pictures are not.
  const isEnrolled = options.isEnrolled?.(entry) === true;
  const again = given === undefined && !isEnrolled;
  const seen = again ? await alignedAgain(cut, options.ports.aligner) : cut;
  const embedded = await embedCut(seen, distance, options.ports);
  const { raw, enhanced, enhancedImage, fused, gate, weight } = embedded;
  // As the live path does: what the recogniser takes for no face never becomes a template.
  if (raw.recognisability < (options.ports.embedder.rejectBelow ?? 0)) return null;
  const poorView = isEnrolled && (await options.ports.poorViews?.make(cut, fused));
  const framePixels = distance / interEyeDistance(cut.landmarks);
  const clean = enhancedImage === null ? undefined : options.cleanOf?.(entry);
  const truth = clean && (await alignedTruth(clean, options.codec));
  return {
    place: { box: face.box, landmarks: face.landmarks },
    raw,
    enhanced,
    fused,
    poorView: poorView ? poorView.embedding : null,
    gate,
    weight,
    quality: withRecognisability(assessQuality(cut, { framePixels }), raw.recognisability),
    interEyeDistance: distance,
    distances:
      truth && enhancedImage
        ? {
            raw: pictureDistance(alignTemplate(cut.image, cut.landmarks), truth),
            enhanced: pictureDistance(enhancedImage, truth),
          }
        : null,
  };
}

async function alignedTruth(entry: GalleryEntry, codec: ImageCodec): Promise<RgbImage | undefined> {
  const image = await decode(entry.file, codec);
  if (image === null || entry.landmarks === undefined) return undefined;
  return alignTemplate(image, entry.landmarks);
}

/** The picture, or null when the file is none. */
async function decode(file: string, codec: ImageCodec): Promise<RgbImage | null> {
  try {
    return await codec.decode(await readFile(file));
  } catch (error) {
    if (isNightglassError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE')) return null;
    throw error;
  }
}

function largest<T extends { box: { width: number; height: number } }>(
  faces: readonly T[],
): T | undefined {
  return faces.toSorted((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)[0];
}
