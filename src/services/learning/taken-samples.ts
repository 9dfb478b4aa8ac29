import { createHash, randomUUID } from 'node:crypto';
import { bestKinds, type EvidenceKind } from '../../domain/alert.ts';
import { learningBounds } from '../../domain/bounds.ts';
import type { DetectedFace } from '../../domain/detection.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import { interEyeDistance } from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import { inTurns } from '../in-turns.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import {
  type LearningPolicy,
  type LearningScope,
  type LearningSources,
  type LearntPerson,
  learntPeople,
} from './learning-samples.ts';

export interface FaceSources extends Pick<LearningSources, 'now' | 'table'> {
  readonly alerts: { evidence(id: string, kind: EvidenceKind): Uint8Array | null };
  readonly watchlists: Pick<WatchlistStore, 'templateFacts' | 'templateImage'>;
  readonly codec: Pick<ImageCodec, 'decode'>;
  readonly find: (image: RgbImage) => Promise<readonly DetectedFace[]>;
}

export interface TakenRequest {
  readonly policy: LearningPolicy;
  /** Left out: all of the lists that the policy names. */
  readonly scope?: LearningScope;
  /** Told as the `done`th of so many people begins. @throws to give it up */
  readonly onPerson?: (done: number, total: number) => void;
}

/** A picture of an export, as its manifest has it. */
export interface SampleEntry {
  readonly file: string;
  readonly sha256: string;
  /** Of this export alone: it says nothing of who it is. */
  readonly person: string;
  /** `enrolled`: the clear picture; `recorded`: a face of a confirmed alert, as the camera sent it. */
  readonly role: 'enrolled' | 'recorded';
  /** x and y of each of the five points, pixels of the picture. */
  readonly landmarks: readonly number[];
  /** Pixels. */
  readonly interEyeDistance: number;
  /** The detector's, 0..1. */
  readonly score: number;
  /** Of the camera, of this export alone; null for enrolled pictures. */
  readonly camera: string | null;
  /** Day of the alert (UTC); null for enrolled pictures. */
  readonly day: string | null;
}

/** A picture that is taken. Its bytes stay where they are until they are written. */
export interface Sample {
  readonly entry: SampleEntry;
  readonly bytes: number;
  /** As it is stored now; null once it is gone. */
  readonly read: () => Uint8Array | null;
}

/** Pictures that were not taken, by why; `noPortrait` counts people. */
export interface LeftOut {
  clear: number;
  noFace: number;
  otherFaces: number;
  noPortrait: number;
  beyondBounds: number;
}

export interface TakenSamples {
  readonly samples: readonly Sample[];
  /** Those that recorded pictures come from. */
  readonly alerts: readonly string[];
  /** Ids of people, and of the enrolled picture of each. */
  readonly portraits: ReadonlyMap<string, string>;
  /** How many are recorded. */
  readonly pictures: number;
  readonly leftOut: Readonly<LeftOut>;
}

/**
 * The poor faces of confirmed alerts, with an enrolled picture of each person, within the bounds.
 * @throws NightglassError `NOT_FOUND` where there is none, `INFERENCE_*`; what `onPerson` throws
 */
export async function takenSamples(
  { onPerson, policy, scope }: TakenRequest,
  sources: FaceSources,
): Promise<TakenSamples> {
  const leftOut: LeftOut = { clear: 0, noFace: 0, otherFaces: 0, noPortrait: 0, beyondBounds: 0 };
  const samples: Sample[] = [];
  const alerts = new Set<string>();
  const portraits = new Map<string, string>();
  const cameras = new Map<string, string>();
  const { people } = await inTurns(learntPeople(policy, sources, scope));
  let [pictures, bytes] = [0, 0];
  for (const [done, each] of people.entries()) {
    onPerson?.(done, people.length);
    const person = randomUUID();
    const portrait = await portraitOf(each.personId, person, sources);
    if (portrait === undefined) {
      leftOut.noPortrait += 1;
      continue;
    }
    bytes += portrait.sample.bytes;
    const own: Sample[] = [];
    for (const { alert, recorded, read } of recordedOf(each, sources)) {
      const room = Math.min(policy.perPerson - own.length, policy.pictures - pictures);
      if (room <= 0 || bytes + recorded.length > learningBounds.bytes) {
        leftOut.beyondBounds += 1;
        continue;
      }
      const camera = cameras.get(alert.cameraId) ?? randomUUID();
      cameras.set(alert.cameraId, camera);
      const day = new Date(alert.createdAt).toISOString().slice(0, 10);
      const place = { person, role: 'recorded', camera, day } as const;
      const made = await sampleOf(recorded, read, place, sources);
      if (typeof made === 'string') leftOut[made] += 1;
      else if (made.entry.interEyeDistance >= learningBounds.poorFace) leftOut.clear += 1;
      else {
        own.push(made);
        alerts.add(alert.id);
        pictures += 1;
        bytes += made.bytes;
      }
    }
    if (own.length === 0) {
      bytes -= portrait.sample.bytes;
      continue;
    }
    portraits.set(each.personId, portrait.templateId);
    samples.push(portrait.sample, ...own);
  }
  if (samples.length === 0) throw nothing();
  return { samples, alerts: [...alerts], portraits, pictures, leftOut };
}

/** The faces of somebody's alerts as they were recorded, never enhanced ones. */
function* recordedOf({ alerts }: LearntPerson, sources: Pick<FaceSources, 'alerts'>) {
  for (const alert of alerts) {
    for (const kind of bestKinds) {
      const read = () => sources.alerts.evidence(alert.id, kind);
      const recorded = read();
      if (recorded !== null && recorded.length > 0) yield { alert, recorded, read };
    }
  }
}

/** The first enrolled picture that shows one face alone, oldest first. */
async function portraitOf(
  personId: string,
  person: string,
  sources: FaceSources,
): Promise<{ readonly templateId: string; readonly sample: Sample } | undefined> {
  for (const { id } of sources.watchlists.templateFacts([personId])) {
    const read = () => sources.watchlists.templateImage(id);
    const bytes = read();
    if (bytes === null) continue;
    const place = { person, role: 'enrolled', camera: null, day: null } as const;
    const made = await sampleOf(bytes, read, place, sources);
    if (typeof made !== 'string') return { templateId: id, sample: made };
  }
  return undefined;
}

/**
 * A picture that shows one face, else why it is none: what shows somebody else as well stays here,
 * as does what cannot be decoded.
 */
async function sampleOf(
  bytes: Uint8Array,
  read: Sample['read'],
  place: Pick<SampleEntry, 'camera' | 'day' | 'person' | 'role'>,
  { codec, find }: Pick<FaceSources, 'codec' | 'find'>,
): Promise<Sample | 'noFace' | 'otherFaces'> {
  const image = await decoded(bytes, codec);
  const [face, other] = image === undefined ? [] : await find(image);
  if (face === undefined) return 'noFace';
  if (other !== undefined) return 'otherFaces';
  const { landmarks, score } = face;
  const entry: SampleEntry = {
    file: `${randomUUID()}.jpg`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...place,
    landmarks: landmarks.flatMap(({ x, y }) => [x, y]),
    interEyeDistance: interEyeDistance(landmarks),
    score,
  };
  return { entry, bytes: bytes.length, read };
}

/** Undefined for what is damaged: one picture must not end an export. */
async function decoded(
  bytes: Uint8Array,
  codec: Pick<ImageCodec, 'decode'>,
): Promise<RgbImage | undefined> {
  try {
    return await codec.decode(bytes);
  } catch (error) {
    if (
      error instanceof NightglassError &&
      ['IMAGE_INVALID', 'IMAGE_TOO_LARGE'].includes(error.code)
    )
      return undefined;
    throw error;
  }
}

function nothing(): NightglassError {
  return new NightglassError('NOT_FOUND', 'Cannot export for training: there is no face to take', {
    hint: 'Faces come of confirmed alerts of the lists under learning.watchlists, in its retention.',
  });
}
