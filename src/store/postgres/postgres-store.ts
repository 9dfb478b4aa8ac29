import { type Clock, systemClock } from '../../domain/clock.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import { DamagedValues } from '../damaged-values.ts';
import { plainCipher, type ValueCipher } from '../encryption/value-cipher.ts';
import type { SqlValue, Statement } from '../sql/statement.ts';
import { sqliteFault } from '../sqlite-fault.ts';
import type { Store, StoreHealth, StoreOptions } from '../store.ts';
import { bindValues } from './bind-values.ts';
import type { StatementAnswer } from './channel-messages.ts';
import { PostgresFault } from './postgres-fault.ts';
import { schemaLock } from './schema-lock.ts';
import type { StatementChannel } from './statement-channel.ts';
import { translateSql } from './translate-sql.ts';

export interface PostgresStoreOptions {
  readonly channel: StatementChannel;
  readonly schema: string;
  /** How long the outcome of a commit that lost its connection is waited for, milliseconds. */
  readonly doubtMs: number;
  readonly cipher?: ValueCipher;
  readonly options: StoreOptions;
}

/** How often a server that was lost is asked whether it takes writes again, milliseconds. */
const defaultRetryMs = 1000;

/** A transaction under way. */
interface Transaction {
  readonly connection: number;
  /** Its number at the server. */
  readonly id: string;
  changed: boolean;
  /** The first failure: nothing of it can be committed any more. */
  failed: unknown;
}

/**
 * The store in PostgreSQL, by one connection in a worker. Transactions of all programs follow one
 * another, as with SQLite: a lock of the schema is held from the first statement to the last, so
 * what was read there is still so when it is written. The data folder keeps the files.
 */
export class PostgresStore implements Store {
  readonly folder: string | undefined;
  readonly cipher: ValueCipher;
  readonly #channel: StatementChannel;
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  readonly #doubtMs: number;
  readonly #begin: string;
  readonly #commit: string;
  readonly #statements = new Map<string, Statement>();
  readonly #recoveryListeners = new Set<() => void>();
  readonly #committed: (() => void)[] = [];
  readonly #damaged: DamagedValues;
  #transaction: Transaction | undefined;
  #fault: string | undefined;
  #since: number;
  #closed = false;
  #cancelRetry: (() => void) | undefined;

  constructor(made: PostgresStoreOptions) {
    const { channel, schema, doubtMs, cipher = plainCipher, options } = made;
    this.cipher = cipher;
    this.#doubtMs = doubtMs;
    this.folder = options.dataDir;
    this.#channel = channel;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#since = this.#clock.now();
    this.#damaged = new DamagedValues(options.log);
    const [lock, kind] = schemaLock(schema, 'write');
    this.#begin = `BEGIN; SELECT pg_advisory_xact_lock(${lock}, ${kind});
      SELECT pg_current_xact_id()::text AS id`;
    this.#commit = `NOTIFY "nightglass_${schema}"; COMMIT`;
  }

  prepare(sql: string): Statement {
    if (this.#closed) throw new TypeError('Cannot read the store: it is closed');
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#statement(sql, this.#channel.newName());
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #statement(sql: string, name: string): Statement {
    const { text, parameters } = translateSql(sql);
    const isRead = /^\s*SELECT\b/i.test(sql);
    const ask = (given: readonly unknown[]) => {
      const values = bindValues(parameters, given);
      const once = () => this.#ask(text, values, name, !isRead);
      return isRead || this.#transaction !== undefined ? once() : this.write(once);
    };
    return {
      get: (...given: unknown[]) => ask(given).rows?.[0],
      all: (...given: unknown[]) => ask(given).rows ?? [],
      run: (...given: unknown[]) => ({ changes: ask(given).changes ?? 0 }),
    } as Statement;
  }

  #ask(
    text: string,
    values: readonly SqlValue[] | undefined,
    name: string | undefined,
    changes = false,
  ): StatementAnswer {
    const transaction = this.#transaction;
    if (transaction?.failed !== undefined) throw transaction.failed;
    if (changes && transaction !== undefined) transaction.changed = true;
    try {
      const connection = transaction?.connection ?? 0;
      return this.#channel.call({ text, values, name, connection });
    } catch (error) {
      const translated = this.#translate(error);
      if (transaction !== undefined) transaction.failed ??= translated;
      throw translated;
    }
  }

  write<T>(work: () => T): T {
    if (this.#closed) throw new TypeError('Cannot write to the store: it is closed');
    if (this.#transaction !== undefined) return work();
    const transaction = this.#open();
    this.#transaction = transaction;
    let result: T;
    try {
      result = work();
      // PostgreSQL keeps nothing of a transaction in which a statement failed, caught or not.
      if (transaction.failed !== undefined) throw transaction.failed;
      this.#end(transaction);
    } catch (error) {
      this.#committed.length = 0;
      this.#rollBack(transaction);
      throw error;
    } finally {
      this.#transaction = undefined;
    }
    for (const callback of this.#committed.splice(0)) callback();
    return result;
  }

  #open(): Transaction {
    const { connection } = this.#channel;
    try {
      const { rows } = this.#channel.call({
        ...{ text: this.#begin, values: undefined, name: undefined, connection },
      });
      return { connection, id: String(rows?.at(-1)?.['id']), changed: false, failed: undefined };
    } catch (error) {
      // Begun, and then refused the lock.
      this.#rollBack({ connection });
      throw this.#translate(error);
    }
  }

  #end({ changed, connection, id }: Transaction): void {
    const text = changed ? this.#commit : 'COMMIT';
    try {
      const { command } = this.#channel.call({
        text,
        values: undefined,
        name: undefined,
        connection,
      });
      if (command === 'COMMIT') return;
      throw new PostgresFault('the transaction was undone', '40000', false);
    } catch (error) {
      // Whether it was committed before the connection went is known to the server alone.
      if (changed && error instanceof PostgresFault && error.lost && this.#wasCommitted(id)) return;
      throw this.#translate(error);
    }
  }

  #wasCommitted(id: string): boolean {
    try {
      if (!this.#channel.awaitConnection(this.#doubtMs)) return false;
      const text = 'SELECT pg_xact_status($1::text::xid8) AS status';
      const { rows } = this.#channel.call({ text, values: [id], name: undefined });
      return rows?.[0]?.['status'] === 'committed';
    } catch {
      return false;
    }
  }

  #rollBack({ connection }: Pick<Transaction, 'connection'>): void {
    try {
      if (!this.#channel.connected || this.#channel.connection !== connection) return;
      this.#channel.call({ text: 'ROLLBACK', values: undefined, name: undefined, connection });
    } catch {
      // The server undoes what a lost connection began.
    }
  }

  afterCommit(callback: () => void): void {
    if (this.#transaction !== undefined) this.#committed.push(callback);
    else callback();
  }

  readOr<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      if (isNightglassError(error, 'STORE_CORRUPT')) return otherwise;
      if (!isNightglassError(error, 'STORE_UNWRITABLE') && sqliteFault(error) === undefined) {
        throw error;
      }
      this.degrade(error);
      return otherwise;
    }
  }

  orDamaged<T>(work: () => T): T | undefined {
    return this.#damaged.around(work);
  }

  health(): StoreHealth {
    if (!this.#closed && this.#fault === undefined && !this.#channel.connected) {
      this.degrade(new PostgresFault('the connection to the database is lost', undefined, true));
    }
    return {
      mode: 'disk',
      durable: this.#fault === undefined,
      since: this.#since,
      ...(this.#damaged.size === 0 ? {} : { damagedValues: this.#damaged.size }),
      ...(this.#fault === undefined ? {} : { reason: this.#fault }),
    };
  }

  externalVersion(): string {
    return String(this.#channel.foreign);
  }

  onRecovery(listener: () => void): () => void {
    this.#recoveryListeners.add(listener);
    return () => this.#recoveryListeners.delete(listener);
  }

  degrade(error: unknown): void {
    const { log, onFault, retryMs = defaultRetryMs } = this.#options;
    const first = this.#fault === undefined;
    this.#fault = error instanceof Error ? error.message : String(error);
    if (first) {
      this.#since = this.#clock.now();
      log?.error({ reason: this.#fault }, 'The database takes nothing: alerts go on unstored');
      onFault?.(this.health());
    }
    if (this.#closed || this.#cancelRetry !== undefined) return;
    this.#cancelRetry = this.#clock.after(retryMs, () => {
      this.#cancelRetry = undefined;
      this.retry();
    });
  }

  retry(): boolean {
    if (this.#closed) return false;
    if (this.#fault === undefined) return true;
    try {
      const probe = 'INSERT INTO write_probe VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = ?';
      this.prepare(probe).run(this.#clock.now(), this.#clock.now());
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
    this.#options.log?.info({}, 'The database takes writes again');
    this.#options.onFault?.(this.health());
    return true;
  }

  /** What is deleted goes when the server vacuums: it is not this program's to hasten. */
  compact(): boolean {
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry?.();
    this.#statements.clear();
    this.#channel.close();
  }

  #translate(error: unknown): unknown {
    const kind = sqliteFault(error);
    if (kind !== 'unwritable' && kind !== 'corrupt') return error;
    this.degrade(error);
    const why = error instanceof Error ? error.message : String(error);
    return new NightglassError('STORE_UNWRITABLE', `Cannot use the database: ${why}`, {
      hint: 'Look at the PostgreSQL server: the program goes on by itself once it answers.',
      cause: error,
    });
  }
}
