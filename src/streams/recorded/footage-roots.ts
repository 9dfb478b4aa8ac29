import type { Dirent } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { footageBounds } from '../../domain/bounds.ts';
import { Budget } from '../../domain/budget.ts';
import { type Clock, systemClock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { DiskWaits, type DiskWork } from './disk-waits.ts';
import { entriesOf, FolderWalk, type FoundFile, isVideoName } from './folder-walk.ts';
import { unreachable } from './recording-identity.ts';
import { sortInTurns } from './sort-in-turns.ts';

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

  readonly #waits: DiskWaits;
  /** What requests look through at once: of those that hang, none begins anew. */
  readonly #walks: Budget;
  /** Where the roots were found last. */
  readonly #known = new Map<string, string>();

  /**
   * @param roots absolute paths
   * @param waits what else is read of disks, where something is
   */
  constructor(
    roots: readonly string[],
    clock: Clock = systemClock,
    waits: DiskWaits = new DiskWaits(clock),
  ) {
    this.#waits = waits;
    this.#walks = new Budget({
      ...{ name: 'looking through folders of footage', clock },
      ...{ capacity: footageBounds.walksAtOnce, maxWaiting: footageBounds.walksWaiting },
      waitMs: footageBounds.walkWaitMs,
    });
    this.roots = [...new Set(roots)];
  }

  /**
   * What is in a folder, by default the roots.
   * @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE`, `BUSY` while others look through folders
   */
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
    const { entries, more } = await this.#walked(folder, async (signal) => {
      const path = await this.#inside(folder, signal);
      const found = await firstEntries(path, signal);
      return { entries: await entriesAt(folder, found.shown, signal), more: found.more };
    });
    const above = dirname(resolve(folder));
    const parent = this.#isNamed(above) ? above : null;
    return { path: resolve(folder), parent, entries, more };
  }

  /**
   * The video files that are meant, in order, those of folders (and of folders in them) by name.
   * @returns each with its real path
   * @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE`, `BAD_REQUEST` for none or too many,
   *   `BUSY` while others look through folders
   */
  async find(paths: readonly string[]): Promise<{ path: string; bytes: number; sha256: null }[]> {
    const found = await this.#walked(named(paths), (signal) => this.#walk(paths, signal));
    if (found.length === 0) {
      throw new NightglassError('BAD_REQUEST', 'Cannot search: the folders hold no video files');
    }
    return found.map(({ path, bytes }) => ({ path, bytes, sha256: null }));
  }

  async #walk(paths: readonly string[], signal: AbortSignal): Promise<FoundFile[]> {
    const walk = new FolderWalk({ code: 'BAD_REQUEST', files: footageBounds.jobFiles, signal });
    for (const path of paths) {
      signal.throwIfAborted();
      const real = await this.#inside(path, signal);
      const info = await stat(real).catch((cause: unknown) => {
        throw unreachable(path, cause);
      });
      if (!info.isDirectory() && !(info.isFile() && isVideoName(real))) {
        throw new NightglassError('BAD_REQUEST', `Cannot search ${path}: it is no video file`, {
          hint: 'Name video files, and folders of such.',
        });
      }
      await (info.isDirectory() ? walk.takeFolder(real) : walk.takeFile(real));
    }
    return walk.found;
  }

  /** For a request, beside a bounded number of others. @throws NightglassError `STREAM_UNREACHABLE`, `BUSY` */
  #walked<T>(what: string, work: DiskWork<T>): Promise<T> {
    return this.#waits.within({ ...patienceFor(what), room: this.#walks }, work);
  }

  /**
   * A real path that was found before must still be one.
   * @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE`, `BUSY` while disks hang; the signal's reason
   */
  async check(path: string, signal?: AbortSignal): Promise<void> {
    const real = await this.#waits.within({ ...patienceFor(path), signal }, (over) =>
      this.#inside(path, over),
    );
    if (real !== path) throw outside(path);
  }

  /** The real path of what lies in a root. */
  async #inside(path: string, signal: AbortSignal): Promise<string> {
    const wanted = resolve(path);
    if (!isAbsolute(path) || path.includes('\0')) throw outside(path);
    // By its words first: what is elsewhere is not even asked for.
    const isNamed =
      this.#isNamed(wanted) || (await this.#someRoot(wanted, signal, (real) => isIn(wanted, real)));
    if (!isNamed) throw outside(path);
    const real = await realpath(wanted).catch((cause: unknown) => {
      throw unreachable(path, cause);
    });
    if (!(await this.#someRoot(wanted, signal, (root) => isIn(real, root)))) throw outside(path);
    return real;
  }

  /** Whether a path lies in a root by its words alone. */
  #isNamed(path: string): boolean {
    return this.roots.some((root) => isIn(path, root));
  }

  /**
   * Whether the real path of a root is one that is asked for: one root after the other, first those
   * that the path seems to lie in, so that one whose disk hangs holds up nothing of others, and one
   * thread at most.
   */
  async #someRoot(
    path: string,
    signal: AbortSignal,
    isMeant: (real: string) => boolean,
  ): Promise<boolean> {
    const isNear = (root: string) =>
      isIn(path, root) || isIn(path, this.#known.get(root) ?? root) ? 0 : 1;
    for (const root of [...this.roots].sort((a, b) => isNear(a) - isNear(b))) {
      signal.throwIfAborted();
      // One that is not there holds nothing.
      const real = await realpath(root).catch(() => undefined);
      if (real === undefined) continue;
      this.#known.set(root, real);
      if (isMeant(real)) return true;
    }
    return false;
  }
}

/** What is shown of entries; the signal's reason ends it. */
async function entriesAt(
  folder: string,
  shown: readonly Dirent[],
  signal: AbortSignal,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const each of shown) {
    signal.throwIfAborted();
    const path = join(folder, each.name);
    const isFolder = each.isDirectory();
    const bytes = isFolder
      ? null
      : await stat(path).then(
          ({ size }) => size,
          () => null,
        );
    entries.push({ name: each.name, path, kind: isFolder ? 'folder' : 'file', bytes });
  }
  return entries;
}

/**
 * The first entries of a folder, folders before files.
 * @throws NightglassError `STREAM_UNREACHABLE`, `BAD_REQUEST` for too many
 */
async function firstEntries(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly shown: readonly Dirent[]; readonly more: number }> {
  const { entries: most, walkEntries } = footageBounds;
  let shown: Dirent[] = [];
  let all = 0;
  let read = 0;
  const order = (a: Dirent, b: Dirent) =>
    Number(b.isDirectory()) - Number(a.isDirectory()) || collator.compare(a.name, b.name);
  const sort = async () => {
    shown = (await sortInTurns(shown, order)).slice(0, most);
  };
  for await (const each of entriesOf(path, signal)) {
    read += 1;
    if (read > walkEntries) {
      throw new NightglassError(
        'BAD_REQUEST',
        `Cannot show ${path}: it holds more than ${walkEntries} entries`,
      );
    }
    // Links are not followed: where they lead is nobody's to see.
    const isShown = each.isDirectory() || (each.isFile() && isVideoName(each.name));
    if (!isShown || each.name.startsWith('.')) continue;
    all += 1;
    shown.push(each);
    if (shown.length >= 2 * most) await sort();
  }
  await sort();
  return { shown, more: all - shown.length };
}

/** How long the disk of what is named is waited for. */
function patienceFor(what: string) {
  const ms = footageBounds.walkMs;
  const late = () =>
    new NightglassError(
      'STREAM_UNREACHABLE',
      `Cannot look through ${what}: it takes longer than ${ms / 1_000} s`,
      { hint: 'See whether the disk answers, or search it in parts.' },
    );
  return { ms, late };
}

/** A few paths in a message. */
function named([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
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
