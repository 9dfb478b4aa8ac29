import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { isVideoName, unreachable, videosIn } from './find-recordings.ts';

/** A folder or video file below a root. */
interface Entry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'folder' | 'file';
  readonly bytes: number | null;
}

const collator = new Intl.Collator('en', { numeric: true });

/**
 * Recorded footage below folders of the configuration, and nowhere else: what a path names is
 * resolved first, links included, and must lie in one of them.
 */
export class FootageRoots {
  readonly roots: readonly string[];

  /** @param roots absolute paths */
  constructor(roots: readonly string[]) {
    this.roots = [...new Set(roots)];
  }

  /** What is in a folder, by default the roots. @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE` */
  async browse(folder?: string): Promise<{
    path: string | null;
    parent: string | null;
    entries: Entry[];
    more: number;
  }> {
    if (folder === undefined) {
      const entries = this.roots.map(
        (path): Entry => ({
          ...{ name: basename(path) || path, path, kind: 'folder', bytes: null },
        }),
      );
      return { path: null, parent: null, entries, more: 0 };
    }
    const path = await this.#inside(folder);
    const names = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
      throw unreachable(folder, cause);
    });
    // Links are not followed: where they lead is nobody's to see.
    const shown = names
      .filter((each) => each.isDirectory() || (each.isFile() && isVideoName(each.name)))
      .filter(({ name }) => !name.startsWith('.'))
      .sort(
        (a, b) =>
          Number(b.isDirectory()) - Number(a.isDirectory()) || collator.compare(a.name, b.name),
      );
    const entries: Entry[] = [];
    for (const each of shown.slice(0, footageBounds.entries)) {
      const at = join(folder, each.name);
      const isFolder = each.isDirectory();
      const bytes = isFolder
        ? null
        : await stat(at).then(
            ({ size }) => size,
            () => null,
          );
      entries.push({ name: each.name, path: at, kind: isFolder ? 'folder' : 'file', bytes });
    }
    const above = dirname(resolve(folder));
    const parent = this.#isNamed(above) ? above : null;
    return { path: resolve(folder), parent, entries, more: shown.length - entries.length };
  }

  /**
   * The video files that are meant, in order, those of folders (and of folders in them) by name.
   * @returns each with its real path
   * @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE`, `BAD_REQUEST` for none or too many
   */
  async find(paths: readonly string[]): Promise<{ path: string; bytes: number; sha256: null }[]> {
    const found = new Map<string, number>();
    for (const path of paths) {
      const real = await this.#inside(path);
      const info = await stat(real).catch((cause: unknown) => {
        throw unreachable(path, cause);
      });
      if (!info.isDirectory() && !(info.isFile() && isVideoName(real))) {
        throw new NightglassError('BAD_REQUEST', `Cannot search ${path}: it is no video file`, {
          hint: 'Name video files, and folders of such.',
        });
      }
      const files = info.isDirectory() ? await videosIn(real) : [real];
      for (const file of files) {
        if (found.size > footageBounds.jobFiles) break;
        const bytes = await stat(file).then(
          ({ size }) => size,
          () => null,
        );
        if (bytes !== null) found.set(file, bytes);
      }
    }
    if (found.size === 0) {
      throw new NightglassError('BAD_REQUEST', 'Cannot search: the folders hold no video files');
    }
    if (found.size > footageBounds.jobFiles) {
      throw new NightglassError(
        'BAD_REQUEST',
        `Cannot search: one search takes at most ${footageBounds.jobFiles} files`,
        { hint: 'Search them in parts.' },
      );
    }
    return [...found].map(([path, bytes]) => ({ path, bytes, sha256: null }));
  }

  /** A real path that was found before must still be one. @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE` */
  async check(path: string): Promise<void> {
    if ((await this.#inside(path)) !== path) throw outside(path);
  }

  /** The real path of what lies in a root. */
  async #inside(path: string): Promise<string> {
    const roots = await this.#realRoots();
    // By its words first: what is elsewhere is not even asked for.
    const isNamed =
      isAbsolute(path) &&
      !path.includes('\0') &&
      [...this.roots, ...roots].some((root) => isIn(resolve(path), root));
    if (!isNamed) throw outside(path);
    const real = await realpath(resolve(path)).catch((cause: unknown) => {
      throw unreachable(path, cause);
    });
    if (!roots.some((root) => isIn(real, root))) throw outside(path);
    return real;
  }

  /** Whether a path lies in a root by its words alone. */
  #isNamed(path: string): boolean {
    return this.roots.some((root) => isIn(path, root));
  }

  /** Of the roots that are there. */
  async #realRoots(): Promise<string[]> {
    const found = await Promise.allSettled(this.roots.map((root) => realpath(root)));
    return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }
}

function isIn(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function outside(path: string): NightglassError {
  return new NightglassError(
    'FORBIDDEN',
    `Cannot read ${JSON.stringify(path)}: it is in no folder of recorded footage`,
    {
      hint: 'Only what lies below the folders that footage.roots names is searched, links included.',
    },
  );
}
