import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Clock, systemClock } from '../domain/clock.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { DamagedValues } from './damaged-values.ts';
import { plainCipher, type ValueCipher } from './encryption/value-cipher.ts';
import { markDamaged } from './open-database.ts';
import type { Statement } from './sql/statement.ts';
import { sqliteFault } from './sqlite-fault.ts';
import type { Store, StoreHealth, StoreOptions } from './store.ts';

/** Free pages that one call of `compact` gives back: 4 MiB, some ten milliseconds. */
const pagesGivenBack = 1024;

export interface SqliteStoreOptions {
  readonly database: DatabaseSync;
  readonly mode: StoreHealth['mode'];
  /** Default: values are stored as they are. */
  readonly cipher?: ValueCipher;
  /** Opens the database again, once a folder that was read-only takes writes. */
  readonly open: () => DatabaseSync;
  readonly options: StoreOptions;
}

/** A store over one connection, which it replaces when it comes back to the disk. */
export class SqliteStore implements Store {
  readonly folder: string | undefined;
  readonly cipher: ValueCipher;
  readonly #options: StoreOptions;
  readonly #open: () => DatabaseSync;
  readonly #clock: Clock;
  readonly #statements = new Map<string, StatementSync>();
  readonly #recoveryListeners = new Set<() => void>();
  readonly #committed: (() => void)[] = [];
  /** What was reported of values that cannot be opened. */
  readonly #damaged: DamagedValues;
  #database: DatabaseSync;
  #mode: StoreHealth['mode'];
  #fault: string | undefined;
  /** Found damaged: what can still be read or written of it is no recovery. */
  #corrupt = false;
  #since: number;
  #depth = 0;
  #connection = 1;
  #closed = false;
  #cancelRetry: (() => void) | undefined;

  constructor({ database, mode, cipher = plainCipher, open, options }: SqliteStoreOptions) {
    this.cipher = cipher;
    this.folder = mode === 'memory' ? undefined : options.dataDir;
    this.#options = options;
    this.#open = open;
    this.#clock = options.clock ?? systemClock;
    this.#database = database;
    this.#mode = mode;
    this.#since = this.#clock.now();
    this.#damaged = new DamagedValues(options.log);
  }

  prepare(sql: string): Statement {
    if (this.#closed) throw new TypeError('Cannot read the store: it is closed');
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#watched(this.#database.prepare(sql));
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** A read that meets damage says so as a write does. */
  #watched(statement: StatementSync): StatementSync {
    for (const name of ['all', 'get', 'run'] as const) {
      const call = statement[name].bind(statement) as (...values: unknown[]) => unknown;
      const watched = (...values: unknown[]): unknown => {
        try {
          return call(...values);
        } catch (error) {
          throw sqliteFault(error) === 'corrupt' ? this.#translate(error) : error;
        }
      };
      Object.defineProperty(statement, name, { value: watched });
    }
    return statement;
  }

  write<T>(work: () => T): T {
    if (this.#closed) throw new TypeError('Cannot write to the store: it is closed');
    if (this.#depth > 0) return work();
    this.#depth += 1;
    let result: T;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      result = work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#committed.length = 0;
      // A full disk makes SQLite roll back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw this.#translate(error);
    } finally {
      this.#depth -= 1;
    }
    for (const callback of this.#committed.splice(0)) callback();
    return result;
  }

  afterCommit(callback: () => void): void {
    if (this.#depth > 0) this.#committed.push(callback);
    else callback();
  }

  readOr<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      // Damage was noted where it was met.
      if (isNightglassError(error, 'STORE_CORRUPT')) return otherwise;
      if (sqliteFault(error) === undefined) throw error;
      this.degrade(error);
      return otherwise;
    }
  }

  orDamaged<T>(work: () => T): T | undefined {
    return this.#damaged.around(work);
  }

  health(): StoreHealth {
    return {
      mode: this.#mode,
      durable: this.#mode !== 'read-only' && this.#fault === undefined,
      since: this.#since,
      ...(this.#corrupt ? { corrupt: true as const } : {}),
      ...(this.#damaged.size === 0 ? {} : { damagedValues: this.#damaged.size }),
      ...(this.#fault === undefined ? {} : { reason: this.#fault }),
    };
  }

  externalVersion(): string {
    const row = this.prepare('PRAGMA data_version').get();
    return `${this.#connection}.${String(row?.['data_version'])}`;
  }

  onRecovery(listener: () => void): () => void {
    this.#recoveryListeners.add(listener);
    return () => this.#recoveryListeners.delete(listener);
  }

  degrade(error: unknown): void {
    const { dataDir, log, onFault, retryMs = 5000 } = this.#options;
    const first = this.#fault === undefined;
    this.#fault = error instanceof Error ? error.message : String(error);
    if (first) {
      this.#since = this.#clock.now();
      log?.error(
        { dataDir, mode: this.#mode, reason: this.#fault },
        'The data folder cannot be written: alerts go on unstored',
      );
      onFault?.(this.health());
    }
    if (this.#closed || this.#corrupt || this.#cancelRetry !== undefined) return;
    this.#cancelRetry = this.#clock.after(retryMs, () => {
      this.#cancelRetry = undefined;
      this.retry();
    });
  }

  retry(): boolean {
    if (this.#closed || this.#corrupt) return false;
    if (this.#fault === undefined) return true;
    try {
      if (this.#mode === 'read-only') this.#reopen();
      const probe = this.#database.prepare('INSERT OR REPLACE INTO write_probe VALUES (1, ?)');
      probe.run(this.#clock.now());
      // What waits in memory is written before anybody hears that all is well.
      for (const listener of this.#recoveryListeners) listener();
    } catch (error) {
      this.degrade(error);
      return false;
    }
    this.#fault = undefined;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#since = this.#clock.now();
    const { dataDir, log, onFault } = this.#options;
    log?.info({ dataDir }, 'The data folder takes writes again');
    onFault?.(this.health());
    return true;
  }

  compact(): boolean {
    if (this.#mode !== 'disk' || this.#closed) return true;
    try {
      this.prepare(`PRAGMA incremental_vacuum(${pagesGivenBack})`).all();
      return this.#emptyJournal();
    } catch (error) {
      if (sqliteFault(error) === undefined && !isNightglassError(error, 'STORE_CORRUPT'))
        throw error;
      // Another process holds the lock, or the disk is full: the next time then.
      this.#options.log?.warn({ reason: String(error) }, 'Cannot empty the journal now');
      return false;
    }
  }

  /** Without waiting: a reader may hold the journal for as long as a backup takes. */
  #emptyJournal(): boolean {
    const { busyTimeoutMs = 1000 } = this.#options;
    this.#database.exec('PRAGMA busy_timeout = 0');
    try {
      return this.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry?.();
    this.#statements.clear();
    this.#database.close();
  }

  #reopen(): void {
    const disk = this.#open();
    this.#statements.clear();
    this.#database.close();
    this.#database = disk;
    this.#mode = 'disk';
    this.#connection += 1;
  }

  #translate(error: unknown): unknown {
    const kind = sqliteFault(error);
    if (kind !== 'unwritable' && kind !== 'corrupt') return error;
    if (kind === 'corrupt') this.#corrupt = true;
    this.degrade(error);
    const why = error instanceof Error ? error.message : String(error);
    if (kind === 'corrupt' && this.#mode === 'disk') {
      markDamaged(this.#options.dataDir, this.#clock.now(), why);
    }
    return kind === 'corrupt'
      ? new NightglassError('STORE_CORRUPT', `Cannot use the database: it is damaged (${why})`, {
          hint: 'Stop the program, then run "nightglass store repair" or "nightglass store restore".',
          cause: error,
        })
      : new NightglassError('STORE_UNWRITABLE', `Cannot write to the data folder: ${why}`, {
          hint: 'Give the data folder free space and write permission.',
          cause: error,
        });
  }
}
