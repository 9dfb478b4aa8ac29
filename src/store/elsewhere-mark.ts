import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NightglassError } from '../domain/errors.ts';

/** Says that the records of a data folder are kept in a database server. */
export const elsewhereMarkName = 'nightglass.elsewhere';

/**
 * Nobody may begin a second, empty database where the records are in a server.
 * @throws NightglassError `STORE_REFUSED`
 */
export function assertRecordsHere(dataDir: string): void {
  const mark = join(dataDir, elsewhereMarkName);
  if (!existsSync(mark)) return;
  throw new NightglassError(
    'STORE_REFUSED',
    `Cannot open a database in ${dataDir}: its records are in PostgreSQL at ${readFileSync(mark, 'utf8').trim()}`,
    {
      hint: 'Give -c FILE, the configuration with "store.url". Some commands work on SQLite alone (docs/scale.md).',
    },
  );
}

/**
 * Notes that the records of this folder are elsewhere.
 * @param database the file that must not be there
 * @throws NightglassError `STORE_REFUSED` where the folder has records of its own
 */
export function markElsewhere(dataDir: string, database: string, place: string): void {
  if (existsSync(join(dataDir, database))) {
    throw new NightglassError(
      'STORE_REFUSED',
      `Cannot keep the records of ${dataDir} in PostgreSQL: it has an SQLite database of its own`,
      { hint: 'Give this installation a new data folder, or take "store.url" out.' },
    );
  }
  const mark = join(dataDir, elsewhereMarkName);
  if (!existsSync(mark)) writeFileSync(mark, `${place}\n`, { mode: 0o600 });
}
