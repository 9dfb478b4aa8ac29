import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { footageBounds } from '../../domain/bounds.ts';
import { systemClock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { FrameLedger } from '../../domain/frame/ledger.ts';
import { countSeconds } from './count-seconds.ts';
import { DiskWaits } from './disk-waits.ts';
import { type FileFacts, readPictures } from './file-source.ts';
import { FolderWalk, videoExtensions } from './folder-walk.ts';
import { unreadable } from './open-recording.ts';
import { hashOf } from './recording-hash.ts';
import { assertIdentity, bytesOf, identityOf, unreachable } from './recording-identity.ts';

/** A video file that can be read. */
export interface Recording {
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** Which file was hashed, see `identityOf`. */
  readonly identity: string;
  /** How long it is; null where nothing in it says so. */
  readonly seconds: number | null;
}

/** How files are read before they are searched. */
export interface ReadingOfFiles {
  /** What else is read of disks, where something is. */
  readonly waits?: DiskWaits;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
  /** Told as reading goes on. */
  readonly onAlive?: () => void;
}

/**
 * The video files that are meant, each once, in order, those of folders (and of folders in them) by
 * name with numbers by their value.
 * @throws NightglassError `STREAM_UNREACHABLE` for what is not there, or takes too long, `USAGE` for
 *   none or too many; the signal's reason
 */
export async function findRecordings(
  paths: readonly string[],
  { waits = new DiskWaits(systemClock), signal }: ReadingOfFiles = {},
): Promise<string[]> {
  const ms = footageBounds.commandWalkMs;
  const late = () =>
    new NightglassError(
      'STREAM_UNREACHABLE',
      `Cannot search: looking through the folders takes longer than ${ms / 1_000} s`,
      { hint: 'See whether the disk answers, or search it in parts.' },
    );
  const found = await waits.within({ ms, late, signal }, (over) => walkThrough(paths, over));
  if (found.length > 0) return found;
  throw new NightglassError('USAGE', 'Cannot search: the folders hold no video files', {
    hint: `Files of a folder count by their names: ${[...videoExtensions].join(' ')}.`,
  });
}

async function walkThrough(paths: readonly string[], signal: AbortSignal): Promise<string[]> {
  const walk = new FolderWalk({ code: 'USAGE', files: footageBounds.files, signal });
  for (const path of paths.map((each) => resolve(each))) {
    signal.throwIfAborted();
    const info = await stat(path).catch((cause: unknown) => {
      throw unreachable(path, cause);
    });
    await (info.isDirectory() ? walk.takeFolder(path) : walk.takeFile(path));
  }
  return walk.found.map(({ path }) => path);
}

/**
 * Opens a file up to its first picture, and hashes it. A disk that is silent for
 * `footageBounds.silenceMs`, or gives less than `leastRead`, is waited for no longer.
 * @throws NightglassError `STREAM_UNREACHABLE` when it cannot be read, `STREAM_UNSUPPORTED` when it
 *   holds no video that can be decoded, `CONFLICT` when it is written to meanwhile, `BUSY` while disks
 *   hang; the signal's reason
 */
export async function examineRecording(
  path: string,
  { waits = new DiskWaits(systemClock), signal, onAlive = () => undefined }: ReadingOfFiles = {},
): Promise<Recording> {
  const { leastRead, silenceMs: ms } = footageBounds;
  const late = () => unreadable('STREAM_UNREACHABLE', path, 'the disk does not answer in time');
  const identity = await waits.within({ ms, late, signal }, () => identityOf(path));
  const most = ms + bytesOf(identity) / leastRead;
  return waits.within({ ms, most, late, signal }, (over, alive) =>
    examine(path, identity, over, () => {
      alive();
      onAlive();
    }),
  );
}

async function examine(
  path: string,
  identity: string,
  signal: AbortSignal,
  alive: () => void,
): Promise<Recording> {
  let facts: FileFacts | undefined;
  const onStream = (read: FileFacts) => {
    facts = read;
  };
  const ledger = new FrameLedger();
  const pictures = readPictures({
    ...{ path, identity, cameraId: 'check', ledger, signal, onStream },
    onPacket: () => void alive(),
  });
  const first = await pictures.next();
  await pictures.return(undefined);
  if (first.done === true) {
    signal.throwIfAborted();
    throw new NightglassError(
      'STREAM_UNSUPPORTED',
      `Cannot read the video ${path}: none of its pictures can be decoded`,
    );
  }
  first.value.picture.dispose();
  const seconds = facts?.seconds ?? (await countSeconds(path, signal, alive));
  const sha256 = await hashOf(path, signal, alive);
  await assertIdentity(path, identity);
  return { path, bytes: bytesOf(identity), sha256, identity, seconds };
}
