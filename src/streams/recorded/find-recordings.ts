import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { FrameLedger } from '../../domain/frame/ledger.ts';
import { countSeconds } from './count-seconds.ts';
import { type FileFacts, readPictures } from './file-source.ts';
import { FolderWalk, videoExtensions } from './folder-walk.ts';
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

/**
 * The video files that are meant, each once, in order, those of folders (and of folders in them) by
 * name with numbers by their value.
 * @throws NightglassError `STREAM_UNREACHABLE` for what is not there, `USAGE` for none or too many
 */
export async function findRecordings(paths: readonly string[]): Promise<string[]> {
  const walk = new FolderWalk({ code: 'USAGE', files: footageBounds.files });
  for (const path of paths.map((each) => resolve(each))) {
    const info = await stat(path).catch((cause: unknown) => {
      throw unreachable(path, cause);
    });
    await (info.isDirectory() ? walk.takeFolder(path) : walk.takeFile(path));
  }
  const { found } = walk;
  if (found.length > 0) return found.map(({ path }) => path);
  throw new NightglassError('USAGE', 'Cannot search: the folders hold no video files', {
    hint: `Files of a folder count by their names: ${[...videoExtensions].join(' ')}.`,
  });
}

/**
 * Opens a file up to its first picture, and hashes it.
 * @throws NightglassError `STREAM_UNREACHABLE` when it cannot be read, `STREAM_UNSUPPORTED` when it
 *   holds no video that can be decoded, `CONFLICT` when it is written to meanwhile; the signal's reason
 */
export async function examineRecording(path: string, signal?: AbortSignal): Promise<Recording> {
  const identity = await identityOf(path);
  let facts: FileFacts | undefined;
  const onStream = (read: FileFacts) => {
    facts = read;
  };
  const ledger = new FrameLedger();
  const pictures = readPictures({ path, identity, cameraId: 'check', ledger, onStream });
  const first = await pictures.next();
  await pictures.return(undefined);
  if (first.done === true) {
    throw new NightglassError(
      'STREAM_UNSUPPORTED',
      `Cannot read the video ${path}: none of its pictures can be decoded`,
    );
  }
  first.value.picture.dispose();
  const seconds = facts?.seconds ?? (await countSeconds(path, signal));
  const sha256 = await hashOf(path, signal);
  await assertIdentity(path, identity);
  return { path, bytes: bytesOf(identity), sha256, identity, seconds };
}
