import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskUse } from './machine-metrics.ts';

/**
 * Space on the disk of a folder, and what the files in it that begin with
 * `database` take, bytes. A folder that cannot be read gives undefined.
 */
export async function diskUse(folder: string, database: string): Promise<DiskUse | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    const names = (await readdir(folder)).filter((name) => name.startsWith(database));
    const sizes = await Promise.all(
      names.map((name) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          // The journal goes as it is written back.
          () => 0,
        ),
      ),
    );
    return {
      free: bavail * bsize,
      size: blocks * bsize,
      database: sizes.reduce((sum, size) => sum + size, 0),
    };
  } catch {
    return undefined;
  }
}
