import { systemClock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import { openDatabase, openInMemory, openReadOnly } from './open-database.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store, StoreOptions } from './store.ts';

/**
 * Opens the store. A folder that refuses writes later on does not stop the process: the store says
 * so loudly and tries again.
 * @throws NightglassError `STORE_UNWRITABLE`, `STORE_CORRUPT` (until somebody decides), `ENVIRONMENT`
 */
export function createStore(options: StoreOptions): Store {
  const { dataDir, clock = systemClock, access = 'write' } = options;
  const open = () =>
    openDatabase({
      dataDir,
      now: clock.now(),
      ...(options.busyTimeoutMs === undefined ? {} : { busyTimeoutMs: options.busyTimeoutMs }),
    });
  try {
    return new SqliteStore({ database: open(), mode: 'disk', open, options });
  } catch (error) {
    if (access === 'write' || !isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
    const database = openReadOnly(dataDir);
    if (database === undefined) throw error;
    const store = new SqliteStore({ database, mode: 'read-only', open, options });
    store.degrade(error);
    return store;
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
