import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { declareKey, type Reads } from './encryption/open-cipher.ts';
import type { StoreKeys } from './encryption/store-keys.ts';
import { lockDataFolder } from './lock-data-folder.ts';
import { sqliteFault } from './sqlite-fault.ts';

/**
 * Takes the first of the keys into use: from now on all is written with it, and nobody opens the
 * database without it. Not while another program runs on the folder, which may lack that key.
 * @param held true where the caller holds the folder itself
 * @returns whether it is in use
 */
export function adoptKey(
  database: Reads,
  keys: StoreKeys,
  { dataDir, now, held }: { dataDir: string; now: number; held: boolean | undefined },
): boolean {
  let lock: { close(): void } | undefined;
  try {
    if (held !== true) lock = lockDataFolder(dataDir);
    declareKey(database, keys.current.id, now);
    return true;
  } catch (error) {
    if (isNightglassError(error, 'STORE_IN_USE')) return false;
    if (sqliteFault(error) === 'unwritable') {
      throw new NightglassError('STORE_UNWRITABLE', 'Cannot note the key in the database', {
        hint: 'Give the data folder free space and write permission.',
        cause: error,
      });
    }
    throw error;
  } finally {
    lock?.close();
  }
}
