import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bestKinds, type EvidenceKind } from '../../domain/alert.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { learningBounds } from '../../domain/bounds.ts';
import type { DetectedFace } from '../../domain/detection.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import { interEyeDistance } from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { checkedReason } from '../evidence/export-case.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import type { LearningPolicy, LearningSources, LearntPerson } from './learning-samples.ts';
import { learntPeople } from './learning-samples.ts';

export interface SampleSources extends Pick<LearningSources, 'now' | 'table'> {
  readonly alerts: { evidence(id: string, kind: EvidenceKind): Uint8Array | null };
  readonly watchlists: Pick<WatchlistStore, 'templateFacts' | 'templateImage'>;
  readonly audit: Pick<AuditLog, 'require'>;
  readonly codec: Pick<ImageCodec, 'decode'>;
  readonly find: (image: RgbImage) => Promise<readonly DetectedFace[]>;
}

export interface SampleRequest {
  readonly policy: LearningPolicy;
  /** Made by this: it must not be there. */
  readonly folder: string;
  readonly reason: string;
  readonly by: Actor;
  readonly onProgress?: (share: number) => void;
}

/** A picture of an export, as its manifest has it. */
interface SampleEntry {
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

type Sample = { readonly entry: SampleEntry; readonly bytes: Uint8Array };

/** Pictures that were not taken, by why; `noPortrait` counts people. */
type LeftOut = {
  clear: number;
  noFace: number;
  otherFaces: number;
  noPortrait: number;
  beyondBounds: number;
};

export interface ExportedSamples {
  readonly people: number;
  /** Recorded ones. */
  readonly pictures: number;
  readonly leftOut: Readonly<LeftOut>;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
}

const format = 'nightglass-samples/1';

/**
 * Writes the poor faces of confirmed alerts, with an enrolled picture of each person, into a new
 * folder (mode 0700, files 0600) for training. The record is in the audit log before a byte is
 * written, with the alerts that they come from. Nothing in the folder names anybody.
 * @throws NightglassError `BAD_REQUEST`, `CONFLICT`, `NOT_FOUND` where there is nothing to take,
 * `AUDIT_UNAVAILABLE`, `INFERENCE_*`
 */
export async function exportSamples(
  request: SampleRequest,
  sources: SampleSources,
): Promise<ExportedSamples> {
  const { by, folder, policy } = request;
  const reason = checkedReason(request.reason);
  const { alerts, leftOut, people, samples } = await takenSamples(request, sources);
  if (samples.length === 0) {
    throw new NightglassError('NOT_FOUND', 'Cannot export for training: there is no face to take', {
      hint: 'Faces come of confirmed alerts of the lists under learning.watchlists, in its retention.',
    });
  }
  const manifest = Buffer.from(
    `${JSON.stringify({
      format,
      exportedAt: new Date(sources.now()).toISOString(),
      legalBasis: policy.legalBasis,
      samples: samples.map(({ entry }) => entry),
    })}\n`,
  );
  const hash = sha256(manifest);
  await newFolder(folder);
  try {
    const pictures = samples.filter(({ entry }) => entry.role === 'recorded').length;
    const { legalBasis } = policy;
    const detail = { reason, legalBasis, alerts, people, pictures, leftOut };
    sources.audit.require(auditEntry(by, 'learning.exported', hash, detail));
    for (const { bytes, entry } of samples) await writeNew(join(folder, entry.file), bytes);
    await writeNew(join(folder, 'manifest.json'), manifest);
    return { people, pictures, leftOut, manifest: hash };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function takenSamples({ onProgress, policy }: SampleRequest, sources: SampleSources) {
  const leftOut: LeftOut = { clear: 0, noFace: 0, otherFaces: 0, noPortrait: 0, beyondBounds: 0 };
  const samples: Sample[] = [];
  const alerts = new Set<string>();
  const cameras = new Map<string, string>();
  const everybody = learntPeople(policy, sources);
  let [people, pictures, bytes, done] = [0, 0, 0, 0];
  for (const each of everybody) {
    onProgress?.(done / everybody.length);
    done += 1;
    const person = randomUUID();
    const portrait = await portraitOf(each.personId, person, sources);
    if (portrait === undefined) {
      leftOut.noPortrait += 1;
      continue;
    }
    bytes += portrait.bytes.length;
    const own: Sample[] = [];
    for (const recorded of recordedOf(each, sources)) {
      const room = Math.min(policy.perPerson - own.length, policy.pictures - pictures);
      if (room <= 0 || bytes + recorded.bytes.length > learningBounds.bytes) {
        leftOut.beyondBounds += 1;
        continue;
      }
      const { alert } = recorded;
      const camera = cameras.get(alert.cameraId) ?? randomUUID();
      cameras.set(alert.cameraId, camera);
      const day = new Date(alert.createdAt).toISOString().slice(0, 10);
      const made = await sampleOf(
        recorded.bytes,
        { person, role: 'recorded', camera, day },
        sources,
      );
      if (typeof made === 'string') leftOut[made] += 1;
      else if (made.entry.interEyeDistance >= learningBounds.poorFace) leftOut.clear += 1;
      else {
        own.push(made);
        alerts.add(alert.id);
        pictures += 1;
        bytes += made.bytes.length;
      }
    }
    if (own.length === 0) {
      bytes -= portrait.bytes.length;
      continue;
    }
    people += 1;
    samples.push(portrait, ...own);
  }
  return { alerts: [...alerts], leftOut, people, samples };
}

/** The faces of somebody's alerts as they were recorded, never enhanced ones. */
function* recordedOf({ alerts }: LearntPerson, sources: Pick<SampleSources, 'alerts'>) {
  for (const alert of alerts) {
    for (const kind of bestKinds) {
      const bytes = sources.alerts.evidence(alert.id, kind);
      if (bytes !== null && bytes.length > 0) yield { alert, bytes };
    }
  }
}

/** The first enrolled picture that shows one face alone, oldest first. */
async function portraitOf(
  personId: string,
  person: string,
  sources: SampleSources,
): Promise<Sample | undefined> {
  for (const { id } of sources.watchlists.templateFacts([personId])) {
    const bytes = sources.watchlists.templateImage(id);
    if (bytes === null) continue;
    const place = { person, role: 'enrolled', camera: null, day: null } as const;
    const made = await sampleOf(bytes, place, sources);
    if (typeof made !== 'string') return made;
  }
  return undefined;
}

/**
 * A picture that shows one face, else why it is none: what shows somebody else as well stays here,
 * as does what cannot be decoded.
 */
async function sampleOf(
  bytes: Uint8Array,
  place: Pick<SampleEntry, 'camera' | 'day' | 'person' | 'role'>,
  { codec, find }: Pick<SampleSources, 'codec' | 'find'>,
): Promise<Sample | 'noFace' | 'otherFaces'> {
  const image = await decoded(bytes, codec);
  const [face, other] = image === undefined ? [] : await find(image);
  if (face === undefined) return 'noFace';
  if (other !== undefined) return 'otherFaces';
  const { landmarks, score } = face;
  const entry: SampleEntry = {
    file: `${randomUUID()}.jpg`,
    sha256: sha256(bytes),
    ...place,
    landmarks: landmarks.flatMap(({ x, y }) => [x, y]),
    interEyeDistance: interEyeDistance(landmarks),
    score,
  };
  return { entry, bytes };
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

async function newFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NightglassError('CONFLICT', `Cannot make the folder ${folder}: ${why}`, {
      hint: 'Name one that is not there yet, in a folder that is.',
      cause: error,
    });
  }
}

async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, 'wx', 0o600);
  await handle.writeFile(bytes);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
