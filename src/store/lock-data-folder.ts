import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../domain/errors.ts';
import { makeFolder } from './open-database.ts';
import { sqliteFault } from './sqlite-fault.ts';

const lockFileName = 'nightglass.lock';

/**
 * Holds the data folder for this program alone, until it is closed or the process ends in
 * whatever way: SQLite's lock on a file is the operating system's. Commands that only add
 * something (`enrol`, `tokens`) need none.
 * @throws NightglassError `STORE_IN_USE`, `STORE_UNWRITABLE`
 */
export function lockDataFolder(dataDir: string): { close(): void } {
  let lock: DatabaseSync | undefined;
  try {
    makeFolder(dataDir);
    lock = new DatabaseSync(join(dataDir, lockFileName), { timeout: 0 });
    // In memory: nothing is ever written to the file, and no journal stands beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
  } catch (error) {
    lock?.close();
    const why = error instanceof Error ? error.message : String(error);
    if (sqliteFault(error) === 'unwritable' && /locked/.test(why)) {
      throw new NightglassError(
        'STORE_IN_USE',
        `Cannot use the data folder ${dataDir}: another program runs on it`,
        { hint: 'End the other program, or give this one a data folder of its own.', cause: error },
      );
    }
    throw new NightglassError('STORE_UNWRITABLE', `Cannot use the data folder ${dataDir}: ${why}`, {
      hint: 'Give the data folder free space and write permission.',
      cause: error,
    });
  }
  const held = lock;
  return { close: () => held.close() };
}
