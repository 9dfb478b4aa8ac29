import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import type { StoreKeys } from './encryption/store-keys.ts';
import type { ValueCipher } from './encryption/value-cipher.ts';
import type { Statement } from './sql/statement.ts';

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
  /** The database is damaged: only a repair or a backup mends it. */
  readonly corrupt?: true;
  /** Values that could not be opened since the start: they were changed or damaged. */
  readonly damagedValues?: number;
  /** Why it is not durable, for people. */
  readonly reason?: string;
}

export interface StoreOptions {
  readonly dataDir: string;
  readonly clock?: Clock;
  readonly log?: Log;
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
  /**
   * Keys of what shows or describes a face; none: it is stored as it is. `unneeded` for who neither
   * reads nor writes such.
   */
  readonly keys?: StoreKeys | 'unneeded';
  /** True where the caller holds the folder (`lockDataFolder`): a new key is then taken into use. */
  readonly holdsFolder?: boolean;
}

/** The one owner of the database. Repositories hold a Store, never a connection. */
export interface Store {
  /** The data folder; undefined in memory. */
  readonly folder: string | undefined;
  /** Seals and opens what shows or describes a face. */
  readonly cipher: ValueCipher;
  /** A prepared statement of the connection in use; call it anew for each use (they are cached). */
  prepare(sql: string): Statement;
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
  /**
   * What `work` reads, or undefined where a value turns out to be changed or damaged, which is
   * reported: one bad row must not fail all others.
   */
  orDamaged<T>(work: () => T): T | undefined;
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
