import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { checkedReason } from '../evidence/export-case.ts';
import { recordSamples, sampleManifest } from './sample-record.ts';
import {
  type FaceSources,
  type LeftOut,
  type Sample,
  type TakenRequest,
  takenSamples,
} from './taken-samples.ts';

export interface SampleSources extends FaceSources {
  readonly audit: Pick<AuditLog, 'require'>;
}

export interface SampleRequest extends Pick<TakenRequest, 'policy'> {
  /** Made by this: it must not be there. */
  readonly folder: string;
  readonly reason: string;
  readonly by: Actor;
  readonly onProgress?: (share: number) => void;
}

export interface ExportedSamples {
  readonly people: number;
  /** Recorded ones. */
  readonly pictures: number;
  readonly leftOut: Readonly<LeftOut>;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
}

/**
 * Writes the poor faces of confirmed alerts, with an enrolled picture of each person, into a new
 * folder (mode 0700, files 0600) for training. The record is in the audit log before a byte is
 * written, with the alerts that they come from. Nothing in the folder names anybody. Until it is
 * whole the folder has the name {@link unfinished} says, which an export that was killed leaves.
 * @throws NightglassError `BAD_REQUEST`, `CONFLICT`, `NOT_FOUND` where there is nothing to take,
 * `AUDIT_UNAVAILABLE`, `INFERENCE_*`
 */
export async function exportSamples(
  request: SampleRequest,
  sources: SampleSources,
): Promise<ExportedSamples> {
  const { by, folder, onProgress, policy } = request;
  const reason = checkedReason(request.reason);
  await assertFree(folder);
  const taken = await takenSamples(
    { policy, onPerson: (done, total) => onProgress?.(done / total) },
    sources,
  );
  const manifest = sampleManifest(taken, policy, sources.now());
  const beside = unfinished(folder);
  await newFolder(beside);
  try {
    const { legalBasis } = policy;
    recordSamples(manifest, taken, { by, legalBasis, reason }, sources.audit);
    for (const sample of taken.samples) {
      await writeNew(join(beside, sample.entry.file), unchanged(sample));
    }
    await writeNew(join(beside, 'manifest.json'), manifest.text);
    await assertNone(folder);
    await rename(beside, folder);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
  const { leftOut, pictures, portraits } = taken;
  return { people: portraits.size, pictures, leftOut, manifest: manifest.sha256 };
}

/** What a folder is called until it is whole. */
export function unfinished(folder: string): string {
  return `${folder}.unfinished`;
}

/** Before an hour of work is done for what cannot be written. @throws NightglassError `CONFLICT` */
async function assertFree(folder: string): Promise<void> {
  await assertNone(folder);
  const beside = unfinished(folder);
  if (!(await isThere(beside))) return;
  throw new NightglassError(
    'CONFLICT',
    `Cannot make the folder ${folder}: ${beside} is there, which another export is writing, or left when it was ended`,
    { hint: 'There are faces in it. Delete it unless an export is under way.' },
  );
}

/** @throws NightglassError `CONFLICT` */
async function assertNone(folder: string): Promise<void> {
  if (await isThere(folder)) throw taken(folder, 'it is there already');
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw taken(path, error);
  }
}

async function newFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    throw taken(folder, error);
  }
}

function taken(folder: string, why: unknown): NightglassError {
  const text = why instanceof Error ? why.message : String(why);
  return new NightglassError('CONFLICT', `Cannot make the folder ${folder}: ${text}`, {
    hint: 'Name one that is not there yet, in a folder that is.',
    cause: why,
  });
}

/** The picture as it was looked at. @throws NightglassError `CONFLICT` where it has gone meanwhile */
function unchanged({ entry, read }: Sample): Uint8Array {
  const bytes = read();
  if (bytes !== null && createHash('sha256').update(bytes).digest('hex') === entry.sha256) {
    return bytes;
  }
  throw new NightglassError(
    'CONFLICT',
    'Cannot export for training: a picture was deleted meanwhile',
    { hint: 'Export again.' },
  );
}

async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, 'wx', 0o600);
  await handle.writeFile(bytes);
}
