import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Clock, systemClock } from '../domain/clock.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { markDamaged, openDatabase, openInMemory, openReadOnly } from './open-database.ts';
import { sqliteFault } from './sqlite-fault.ts';

export interface StoreLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface StoreHealth {
  /**
   * `read-only`: the file on disk is read, changes are refused. `memory`: nothing outlives the
   * process, as `createMemoryStore` was asked for.
   */
  readonly mode: 'disk' | 'read-only' | 'memory';
  /** True while what is written reaches the disk. */
  readonly durable: boolean;
  /** Wall time since when that is so, milliseconds. */
  readonly since: number;
  /** Why it is not durable, for people. */
  readonly reason?: string;
}

export interface StoreOptions {
  readonly dataDir: string;
  readonly clock?: Clock;
  readonly log?: StoreLog;
  /** Called at each change of health, for the metric and the health page. */
  readonly onFault?: (health: StoreHealth) => void;
  /** How often a folder that refused writes is tried again, milliseconds. Default 5000. */
  readonly retryMs?: number;
  readonly busyTimeoutMs?: number;
  /**
   * `read`: a folder that takes no writes is read as it is, for commands that only look. Default
   * `write`: such a folder is refused.
   */
  readonly access?: 'write' | 'read';
}

/** The one owner of the database. Repositories hold a Store, never a connection. */
export interface Store {
  /** The data folder; undefined in memory. */
  readonly folder: string | undefined;
  /** A prepared statement of the connection in use; call it anew for each use (they are cached). */
  prepare(sql: string): StatementSync;
  /**
   * Runs `work` in one transaction (nested calls join it) and returns once it is committed.
   * @throws NightglassError `STORE_UNWRITABLE` when the folder refuses, `STORE_CORRUPT` when the
   * file turns out damaged; `work`'s own errors pass through, nothing is kept then
   */
  write<T>(work: () => T): T;
  /**
   * Calls back once the transaction under way is committed, and never when it is not; at once
   * where none is. For what others hear of a change, and for files that go with it.
   */
  afterCommit(callback: () => void): void;
  /**
   * What `work` reads, or `otherwise` when the database turns out damaged or
   * unreadable (which is reported): for reads that must not stop their caller.
   */
  readOr<T>(work: () => T, otherwise: T): T;
  health(): StoreHealth;
  /**
   * Changes when somebody else may have changed the content: another process
   * (`nightglass enrol` beside a running `nightglass run`) or a return to the
   * disk. Not by this process's own writes. Compare for equality.
   */
  externalVersion(): string;
  /** Called when writes reach the disk again; a listener that throws keeps the store degraded. */
  onRecovery(listener: () => void): () => void;
  /** Asks for retries although no write has failed yet, e.g. because something waits in memory. */
  degrade(error: unknown): void;
  /** Tries at once whether writes reach the disk again. True when they do. */
  retry(): boolean;
  /**
   * Finishes what `secure_delete` began: what was deleted goes from the journal as well, and free
   * pages are given back (some at a time). Returns false when a reader held the journal up: it
   * must then be asked again.
   */
  compact(): boolean;
  /** Idempotent. */
  close(): void;
}

/** Free pages that one call of `compact` gives back: 4 MiB, some ten milliseconds. */
const pagesGivenBack = 1024;

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
    return storeOver({ database: open(), mode: 'disk', open, options });
  } catch (error) {
    if (access === 'write' || !isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
    const database = openReadOnly(dataDir);
    if (database === undefined) throw error;
    const store = storeOver({ database, mode: 'read-only', open, options });
    store.degrade(error);
    return store;
  }
}

/** A store in memory with the same schema: nothing of it outlives the process. */
export function createMemoryStore(options: Omit<StoreOptions, 'dataDir' | 'access'> = {}): Store {
  const { clock = systemClock } = options;
  const open = () => openInMemory(clock.now());
  return storeOver({
    database: open(),
    mode: 'memory',
    open,
    options: { ...options, dataDir: ':memory:' },
  });
}

function storeOver(from: {
  readonly database: DatabaseSync;
  readonly mode: StoreHealth['mode'];
  readonly open: () => DatabaseSync;
  readonly options: StoreOptions;
}): Store {
  const { open } = from;
  const { dataDir, clock = systemClock, log, onFault, retryMs = 5000 } = from.options;
  const statements = new Map<string, StatementSync>();
  const recoveryListeners = new Set<() => void>();
  const committed: (() => void)[] = [];
  let { database, mode } = from;
  let fault: string | undefined;
  let since = clock.now();
  let depth = 0;
  let connection = 1;
  let closed = false;
  let cancelRetry: (() => void) | undefined;

  const health = (): StoreHealth => ({
    mode,
    durable: mode !== 'read-only' && fault === undefined,
    since,
    ...(fault === undefined ? {} : { reason: fault }),
  });

  function degrade(error: unknown): void {
    const first = fault === undefined;
    fault = error instanceof Error ? error.message : String(error);
    if (first) {
      since = clock.now();
      log?.error(
        { dataDir, mode, reason: fault },
        'The data folder cannot be written: alerts go on unstored',
      );
      onFault?.(health());
    }
    if (!closed && cancelRetry === undefined) cancelRetry = clock.after(retryMs, scheduledRetry);
  }

  function scheduledRetry(): void {
    cancelRetry = undefined;
    retry();
  }

  function retry(): boolean {
    if (closed) return false;
    if (fault === undefined) return true;
    try {
      if (mode === 'read-only') reopen();
      probe();
      // What waits in memory is written before anybody hears that all is well.
      for (const listener of recoveryListeners) listener();
    } catch (error) {
      degrade(error);
      return false;
    }
    fault = undefined;
    cancelRetry?.();
    cancelRetry = undefined;
    since = clock.now();
    log?.info({ dataDir }, 'The data folder takes writes again');
    onFault?.(health());
    return true;
  }

  function probe(): void {
    database.prepare('INSERT OR REPLACE INTO write_probe VALUES (1, ?)').run(clock.now());
  }

  function reopen(): void {
    const disk = open();
    statements.clear();
    database.close();
    database = disk;
    mode = 'disk';
    connection += 1;
  }

  function translate(error: unknown): unknown {
    const kind = sqliteFault(error);
    if (kind !== 'unwritable' && kind !== 'corrupt') return error;
    degrade(error);
    const why = error instanceof Error ? error.message : String(error);
    if (kind === 'corrupt' && mode === 'disk') markDamaged(dataDir, clock.now(), why);
    return kind === 'corrupt'
      ? new NightglassError('STORE_CORRUPT', `Cannot write to the database: ${why}`, {
          hint: 'Stop the program, then run "nightglass store repair" or "nightglass store restore".',
          cause: error,
        })
      : new NightglassError('STORE_UNWRITABLE', `Cannot write to the data folder: ${why}`, {
          hint: 'Give the data folder free space and write permission.',
          cause: error,
        });
  }

  function write<T>(work: () => T): T {
    if (closed) throw new TypeError('Cannot write to the store: it is closed');
    if (depth > 0) return work();
    depth += 1;
    let result: T;
    try {
      database.exec('BEGIN IMMEDIATE');
      result = work();
      database.exec('COMMIT');
    } catch (error) {
      committed.length = 0;
      // A full disk makes SQLite roll back by itself.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw translate(error);
    } finally {
      depth -= 1;
    }
    for (const callback of committed.splice(0)) callback();
    return result;
  }

  return {
    folder: from.mode === 'memory' ? undefined : dataDir,
    prepare(sql) {
      if (closed) throw new TypeError('Cannot read the store: it is closed');
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = database.prepare(sql);
        statements.set(sql, statement);
      }
      return statement;
    },
    write,
    afterCommit(callback) {
      if (depth > 0) committed.push(callback);
      else callback();
    },
    readOr(work, otherwise) {
      try {
        return work();
      } catch (error) {
        const kind = sqliteFault(error);
        if (kind === undefined) throw error;
        if (kind === 'corrupt') translate(error);
        else degrade(error);
        return otherwise;
      }
    },
    health,
    externalVersion() {
      const row = this.prepare('PRAGMA data_version').get();
      return `${connection}.${String(row?.['data_version'])}`;
    },
    onRecovery(listener) {
      recoveryListeners.add(listener);
      return () => recoveryListeners.delete(listener);
    },
    degrade,
    retry,
    compact() {
      if (mode !== 'disk' || closed) return true;
      try {
        this.prepare(`PRAGMA incremental_vacuum(${pagesGivenBack})`).all();
        const row = this.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
        return row?.['busy'] === 0;
      } catch (error) {
        if (sqliteFault(error) === undefined) throw error;
        // Another process holds the lock, or the disk is full: the next time then.
        log?.warn({ reason: String(error) }, 'Cannot empty the journal now');
        return false;
      }
    },
    close() {
      if (closed) return;
      closed = true;
      cancelRetry?.();
      statements.clear();
      database.close();
    },
  };
}
