import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { footageBounds } from '../../domain/bounds.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import { FrameLedger } from '../../domain/frame/ledger.ts';
import { countSeconds } from './count-seconds.ts';
import { type FileFacts, readPictures } from './file-source.ts';

/** A video file that can be read. */
export interface Recording {
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** How long it is; null where nothing in it says so. */
  readonly seconds: number | null;
}

/** What is taken for a video in a folder; a file that is named is read whatever its name. */
const extensions = new Set(
  '3gp asf avi dav flv h264 h265 264 265 hevc m2ts m4v mjpeg mjpg mkv mov mp4 mpeg mpg mts mxf ogv ps ts vob webm wmv'
    .split(' ')
    .map((name) => `.${name}`),
);

/**
 * The video files that are meant, in order, those of folders (and of folders in them) by name with
 * numbers by their value.
 * @throws NightglassError `STREAM_UNREACHABLE` for what is not there, `USAGE` for none or too many
 */
export async function findRecordings(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths.map((each) => resolve(each))) {
    const info = await stat(path).catch((cause: unknown) => {
      throw unreachable(path, cause);
    });
    found.push(...(info.isDirectory() ? await videosIn(path) : [path]));
  }
  if (found.length === 0) {
    throw new NightglassError('USAGE', 'Cannot search: the folders hold no video files', {
      hint: `Files of a folder count by their names: ${[...extensions].join(' ')}.`,
    });
  }
  if (found.length > footageBounds.files) {
    throw new NightglassError(
      'USAGE',
      `Cannot search: ${found.length} files are more than ${footageBounds.files}`,
      { hint: 'Search them in parts.' },
    );
  }
  return found;
}

/**
 * Opens a file up to its first picture, and hashes it.
 * @throws NightglassError `STREAM_UNREACHABLE` when it cannot be read, `STREAM_UNSUPPORTED` when it
 *   holds no video that can be decoded
 */
export async function examineRecording(path: string, signal?: AbortSignal): Promise<Recording> {
  const { size: bytes } = await stat(path).catch((cause: unknown) => {
    throw unreachable(path, cause);
  });
  let facts: FileFacts | undefined;
  const onStream = (read: FileFacts) => {
    facts = read;
  };
  const pictures = readPictures({ path, cameraId: 'check', ledger: new FrameLedger(), onStream });
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
  return { path, bytes, sha256: await hashOf(path, signal), seconds };
}

/** Whether a file is taken for a video by its name. */
export function isVideoName(name: string): boolean {
  return extensions.has(extname(name).toLowerCase());
}

/** The video files of a folder and of folders in it; links are not followed. @throws NightglassError `STREAM_UNREACHABLE` */
export async function videosIn(folder: string): Promise<string[]> {
  const collator = new Intl.Collator('en', { numeric: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (cause: unknown) => {
      throw unreachable(folder, cause);
    },
  );
  return entries
    .filter((entry) => entry.isFile() && isVideoName(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort(collator.compare);
}

async function hashOf(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      if (signal?.aborted) break;
      hash.update(piece as Buffer);
    }
  } catch (cause) {
    throw isNightglassError(cause) ? cause : unreachable(path, cause);
  }
  return hash.digest('hex');
}

/** `STREAM_UNREACHABLE` */
export function unreachable(path: string, cause: unknown): NightglassError {
  const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new NightglassError('STREAM_UNREACHABLE', `Cannot read ${path}: ${why}`, {
    hint: 'Check the path and who may read it.',
    cause,
  });
}
