import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NightglassError } from '../domain/errors.ts';

/** Says that the records of a data folder are kept in a database server. */
export const elsewhereMarkName = 'nightglass.elsewhere';

/** Where the records of a data folder are, without a login; undefined where it has its own. */
export function markedPlace(dataDir: string): string | undefined {
  const mark = join(dataDir, elsewhereMarkName);
  return existsSync(mark) ? readFileSync(mark, 'utf8').trim() : undefined;
}

/**
 * Nobody may begin a second, empty database where the records are in a server.
 * @throws NightglassError `STORE_REFUSED`
 */
export function assertRecordsHere(dataDir: string): void {
  const place = markedPlace(dataDir);
  if (place === undefined) return;
  throw new NightglassError(
    'STORE_REFUSED',
    `Cannot open a database in ${dataDir}: its records are in PostgreSQL at ${place}`,
    {
      hint: 'Give -c FILE, the configuration with "store.url". Some commands work on SQLite alone (docs/scale.md).',
    },
  );
}

/**
 * A folder with records of its own is not used for those in a server.
 * @param database the file that must not be there
 * @throws NightglassError `STORE_REFUSED`
 */
export function assertNoRecordsHere(dataDir: string, database: string): void {
  if (existsSync(join(dataDir, database))) {
    throw new NightglassError(
      'STORE_REFUSED',
      `Cannot keep the records of ${dataDir} in PostgreSQL: it has an SQLite database of its own`,
      {
        hint: 'Move its records with "nightglass store move", give this installation a new data folder, or take "store.url" out.',
      },
    );
  }
}

/** Notes that the records of this folder are elsewhere. */
export function markElsewhere(dataDir: string, place: string): void {
  const mark = join(dataDir, elsewhereMarkName);
  if (!existsSync(mark)) writeFileSync(mark, `${place}\n`, { mode: 0o600 });
}
