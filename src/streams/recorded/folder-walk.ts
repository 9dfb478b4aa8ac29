import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { unreachable } from './recording-identity.ts';
import { sortInTurns } from './sort-in-turns.ts';

/** What is taken for a video in a folder; a file that is named is read whatever its name. */
export const videoExtensions: ReadonlySet<string> = new Set(
  '3gp asf avi dav flv h264 h265 264 265 hevc m2ts m4v mjpeg mjpg mkv mov mp4 mpeg mpg mts mxf ogv ps ts vob webm wmv'
    .split(' ')
    .map((name) => `.${name}`),
);

/** Whether a file is taken for a video by its name. */
export function isVideoName(name: string): boolean {
  return videoExtensions.has(extname(name).toLowerCase());
}

export interface WalkOptions {
  /** The code of what is too much: of a command, or of a request. */
  readonly code: 'USAGE' | 'BAD_REQUEST';
  /** Video files, at most. */
  readonly files: number;
  /** Entries of all folders; default and at most `footageBounds.walkEntries`. */
  readonly entries?: number;
  readonly signal?: AbortSignal;
}

/** A video file, and how large it is. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

const collator = new Intl.Collator('en', { numeric: true });
/** Entries that are read from the disk at once. */
const atOnce = 512;

/**
 * Looks through folders for video files, each once by whatever names; links in folders are not
 * followed. Bounded over all that one walk looks through: `footageBounds.walkEntries`, `walkDepth`.
 */
export class FolderWalk {
  readonly #options: WalkOptions;
  readonly #found = new Map<string, FoundFile>();
  #entries = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** Those that were found so far, in the order in which they were named, those of folders by name. */
  get found(): FoundFile[] {
    return [...this.#found.values()];
  }

  /** Takes a file. @throws NightglassError `STREAM_UNREACHABLE`, `USAGE` or `BAD_REQUEST` for too many */
  async takeFile(path: string): Promise<void> {
    const info = await stat(path, { bigint: true }).catch((cause: unknown) => {
      throw unreachable(path, cause);
    });
    // Some file systems number nothing.
    const key = info.ino === 0n ? path : `${info.dev}:${info.ino}`;
    if (!this.#found.has(key)) this.#found.set(key, { path, bytes: Number(info.size) });
    const { files } = this.#options;
    if (this.#found.size > files) {
      throw this.#tooMuch(`one search takes at most ${files} files`);
    }
  }

  /**
   * Takes the video files of a folder and of folders in it, by name with numbers by their value.
   * @throws NightglassError `STREAM_UNREACHABLE`; `USAGE` or `BAD_REQUEST` for what is too much
   */
  async takeFolder(folder: string): Promise<void> {
    const found = await this.#videosIn(folder);
    for (const path of await sortInTurns(found, collator.compare)) {
      this.#options.signal?.throwIfAborted();
      // One that goes while it is looked for was not there.
      await this.takeFile(path).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    }
  }

  async #videosIn(folder: string): Promise<string[]> {
    const { files } = this.#options;
    const found: string[] = [];
    const folders = [{ path: folder, depth: 0 }];
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      const { path, depth } = next;
      for await (const entry of entriesOf(path, this.#options.signal)) {
        this.#count(folder);
        if (entry.isDirectory()) {
          if (depth >= footageBounds.walkDepth) {
            throw this.#tooMuch(
              `folders in ${folder} lie more than ${footageBounds.walkDepth} deep`,
            );
          }
          folders.push({ path: join(path, entry.name), depth: depth + 1 });
        } else if (entry.isFile() && isVideoName(entry.name)) {
          found.push(join(path, entry.name));
          if (found.length > 2 * files) {
            throw this.#tooMuch(`one search takes at most ${files} files`);
          }
        }
      }
    }
    return found;
  }

  #count(folder: string): void {
    const { entries = footageBounds.walkEntries } = this.#options;
    this.#entries += 1;
    if (this.#entries <= entries) return;
    throw this.#tooMuch(`${folder} and what else is named holds more than ${entries} entries`);
  }

  #tooMuch(why: string): NightglassError {
    return new NightglassError(this.#options.code, `Cannot search: ${why}`, {
      hint: 'Search them in parts.',
    });
  }
}

/** The entries of a folder, as they come. @throws NightglassError `STREAM_UNREACHABLE`; the signal's reason */
export async function* entriesOf(
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<Dirent, void, undefined> {
  try {
    for await (const entry of await opendir(folder, { bufferSize: atOnce })) {
      signal?.throwIfAborted();
      yield entry;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw (cause as NodeJS.ErrnoException).syscall === undefined
      ? cause
      : unreachable(folder, cause);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof NightglassError && error.code === 'STREAM_UNREACHABLE';
}
