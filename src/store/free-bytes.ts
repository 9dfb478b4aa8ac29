import { statfsSync } from 'node:fs';

/** Free bytes of a folder's disk; undefined where that cannot be said. */
export function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
