import type { DatabaseSync } from 'node:sqlite';
import { type Clock, systemClock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import { adoptKey } from './adopt-key.ts';
import { openCipher } from './encryption/open-cipher.ts';
import { openDatabase, openInMemory, openReadOnly } from './open-database.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store, StoreOptions } from './store.ts';

/**
 * Opens the store. A folder that refuses writes later on does not stop the process: the store says
 * so loudly and tries again.
 * @throws NightglassError `STORE_UNWRITABLE`, `STORE_CORRUPT` (until somebody decides),
 * `STORE_KEY_MISSING`, `ENVIRONMENT`
 */
export function createStore(options: StoreOptions): Store {
  const { dataDir, clock = systemClock, access = 'write' } = options;
  const open = () =>
    openDatabase({
      dataDir,
      now: clock.now(),
      ...(options.busyTimeoutMs === undefined ? {} : { busyTimeoutMs: options.busyTimeoutMs }),
    });
  let database: DatabaseSync;
  try {
    database = open();
  } catch (error) {
    if (access === 'write' || !isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
    const readOnly = openReadOnly(dataDir);
    if (readOnly === undefined) throw error;
    const cipher = orClose(readOnly, () => openCipher(readOnly, options.keys));
    const store = new SqliteStore({ database: readOnly, mode: 'read-only', cipher, open, options });
    store.degrade(error);
    return store;
  }
  const cipher = orClose(database, () => withNewKey(database, options, clock));
  return new SqliteStore({ database, mode: 'disk', cipher, open, options });
}

/** The cipher of the database, a new key taken into use where nobody else can be in its way. */
function withNewKey(database: DatabaseSync, options: StoreOptions, clock: Clock) {
  const { dataDir, keys } = options;
  const cipher = openCipher(database, keys);
  if (keys === undefined || keys === 'unneeded' || cipher.keyId === keys.current.id) return cipher;
  const adopted = adoptKey(database, keys, {
    dataDir,
    now: clock.now(),
    held: options.holdsFolder,
  });
  if (!adopted) {
    options.log?.warn(
      { keyId: keys.current.id },
      'A program that runs on the data folder has not got this key of the store: the one before is used',
    );
  }
  return adopted ? openCipher(database, keys) : cipher;
}

function orClose<T>(database: DatabaseSync, work: () => T): T {
  try {
    return work();
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A store in memory with the same schema: nothing of it outlives the process. */
export function createMemoryStore(options: Omit<StoreOptions, 'dataDir' | 'access'> = {}): Store {
  const { clock = systemClock } = options;
  const open = () => openInMemory(clock.now());
  return new SqliteStore({
    database: open(),
    mode: 'memory',
    open,
    options: { ...options, dataDir: ':memory:' },
  });
}
