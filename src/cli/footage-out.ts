import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelStamp } from '../domain/alert.ts';
import { NightglassError } from '../domain/errors.ts';
import { markMachineMade } from '../domain/machine-made-mark.ts';
import type { FootagePictureKind } from '../services/footage/footage-sightings.ts';

/** A folder for what a search of footage found: readable by its owner alone. */
export interface FootageOut {
  readonly folder: string;
  /** Writes a picture; an enhanced one is marked as made by a machine. */
  keep(id: string, kind: FootagePictureKind, jpeg: Uint8Array, models: readonly ModelStamp[]): void;
  /** Which pictures were written. */
  has(id: string, kind: FootagePictureKind): boolean;
  /** @returns its path */
  write(name: string, text: string): string;
}

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
  const written = new Set<string>();
  const put = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    orEnvironment(path, () => writeFileSync(path, content, { mode: 0o600 }));
    return path;
  };
  return {
    folder,
    keep(id, kind, jpeg, models) {
      const name = picturePath(id, kind);
      put(name, kind === 'enhanced' ? markMachineMade(jpeg, models) : jpeg);
      written.add(name);
    },
    has: (id, kind) => written.has(picturePath(id, kind)),
    write: put,
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
