import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ModelStamp } from '../domain/alert.ts';
import { NightglassError } from '../domain/errors.ts';
import type { FootagePictureKind } from '../domain/footage.ts';
import { markMachineMade } from '../domain/machine-made-mark.ts';

/** A folder for what a search of footage found: readable by its owner alone. */
export interface FootageOut {
  readonly folder: string;
  /** Writes a picture; an enhanced one is marked as made by a machine. */
  keep(id: string, kind: FootagePictureKind, jpeg: Uint8Array, models: readonly ModelStamp[]): void;
  /** Which pictures were written. */
  has(id: string, kind: FootagePictureKind): boolean;
  /** Deletes the pictures of a sighting. */
  drop(id: string): void;
  /** Deletes the pictures of all other sightings. */
  keepOnly(ids: ReadonlySet<string>): void;
  /** @returns its path */
  write(name: string, text: string): string;
  /** Keeps how far the search is: a kill at any moment leaves this or the one before. */
  checkpoint(state: unknown): void;
}

const checkpointName = 'progress.json';

/** Path of a picture from the folder on. */
export function picturePath(id: string, kind: FootagePictureKind): string {
  return `pictures/${id}-${kind}.jpg`;
}

/** Opens a new or empty folder. @throws NightglassError `USAGE`, `ENVIRONMENT` */
export function openFootageOut(folder: string): FootageOut {
  orEnvironment(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  if (orEnvironment(folder, () => readdirSync(folder)).length > 0) {
    throw new NightglassError('USAGE', `Cannot write to ${folder}: it is not empty`);
  }
  orEnvironment(folder, () => mkdirSync(join(folder, 'pictures'), { mode: 0o700 }));
  return footageOut(folder);
}

/**
 * Opens the folder of a search that ended in the middle, and what its last checkpoint said.
 * @throws NightglassError `USAGE` where it is none
 */
export function reopenFootageOut(folder: string): { out: FootageOut; state: unknown } {
  try {
    const state: unknown = JSON.parse(readFileSync(join(folder, checkpointName), 'utf8'));
    const names = readdirSync(join(folder, 'pictures')).map((name) => `pictures/${name}`);
    return { out: footageOut(folder, names), state };
  } catch (cause) {
    throw new NightglassError('USAGE', `Cannot go on in ${folder}: no search has begun there`, {
      hint: 'It must be the --out folder of a search.',
      cause,
    });
  }
}

function footageOut(folder: string, names: readonly string[] = []): FootageOut {
  const written = new Set(names);
  const put = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    orEnvironment(path, () => writeFileSync(path, content, { mode: 0o600 }));
    return path;
  };
  const remove = (name: string): void => {
    orEnvironment(name, () => rmSync(join(folder, name), { force: true }));
    written.delete(name);
  };
  return {
    folder,
    keep(id, kind, jpeg, models) {
      const name = picturePath(id, kind);
      put(name, kind === 'enhanced' ? markMachineMade(jpeg, models) : jpeg);
      written.add(name);
    },
    has: (id, kind) => written.has(picturePath(id, kind)),
    keepOnly(ids) {
      for (const name of [...written]) {
        const [, id = ''] = /^pictures\/([^-]+)-/.exec(name) ?? [];
        if (!ids.has(id)) remove(name);
      }
    },
    drop(id) {
      for (const name of [...written]) if (name.startsWith(`pictures/${id}-`)) remove(name);
    },
    write: put,
    checkpoint(state) {
      const path = join(folder, checkpointName);
      orEnvironment(path, () => {
        const file = openSync(`${path}.new`, 'w', 0o600);
        try {
          writeFileSync(file, JSON.stringify(state));
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(`${path}.new`, path);
      });
    },
  };
}

function orEnvironment<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new NightglassError('ENVIRONMENT', `Cannot write ${path}: ${why}`, { cause });
  }
}
