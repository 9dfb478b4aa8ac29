import type { AuditChecks } from '../domain/audit-anchor.ts';
import type { AuditEntry } from '../domain/audit-entry.ts';
import type { AuditQuery } from '../domain/audit-query.ts';
import type { AuditRecord } from '../domain/audit-record.ts';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { AuditHeads } from './audit-head.ts';
import type { AuditHead, PruningPoint } from './audit-head-file.ts';
import { auditDigest } from './audit-record.ts';
import { auditRecords } from './audit-records.ts';
import { verifySteps } from './audit-verify.ts';
import type { Store } from './store.ts';

const maxWaiting = 10_000;
const dayMs = 86_400_000;

/**
 * Who did what, when, to what: append-only (a trigger refuses changes) and
 * chained by hash. Where it ends is kept twice: in a table, in the transaction
 * of each record, and in a file beside the database.
 */
export class AuditLog {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #log: Log | undefined;
  readonly #heads: AuditHeads;
  readonly #retention: number | undefined;
  readonly #waiting: { readonly entry: AuditEntry; readonly at: number }[] = [];
  #lost = 0;

  /** @param options `retention`: how long records are kept, milliseconds; no pruning may go further */
  constructor(options: { store: Store; now: () => number; log?: Log; retention?: number }) {
    this.#store = options.store;
    this.#now = options.now;
    this.#log = options.log;
    this.#heads = new AuditHeads(options.store, options.log);
    this.#retention = options.retention;
    options.store.onRecovery(() => this.#flush());
  }

  /**
   * Adds the record of a change, in the transaction of the change: both are kept, or neither.
   * @throws NightglassError `STORE_UNWRITABLE`, by that transaction
   */
  record(entry: AuditEntry): void {
    this.#insert(entry, this.#now());
  }

  /** Adds the record of what must not happen unrecorded. @throws NightglassError `AUDIT_UNAVAILABLE` */
  require(entry: AuditEntry): void {
    try {
      this.#insert(entry, this.#now());
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      throw new NightglassError(
        'AUDIT_UNAVAILABLE',
        `Cannot go on: the audit log cannot be written, and this may not happen unrecorded (${entry.what})`,
        { hint: 'Give the data folder free space and write permission.', cause: error },
      );
    }
  }

  /**
   * Adds the record of what goes on in any case. While the folder takes no writes it waits in
   * memory (bounded) and is logged.
   */
  append(entry: AuditEntry): void {
    const at = this.#now();
    try {
      this.#flush();
      this.#insert(entry, at);
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
      this.#log?.error({ ...entry, at }, 'An audit record waits in memory');
      if (this.#waiting.length >= maxWaiting) this.#lost += 1;
      else this.#waiting.push({ entry, at });
    }
  }

  /** Records that pass the filter, in order. Blocks the thread: for the command line. */
  list(query: AuditQuery = {}): AuditRecord[] {
    const found: AuditRecord[] = [];
    for (const part of auditRecords(this.#store, query)) found.push(...part);
    return found;
  }

  /** The same a piece at a time, for a program that has other things to do. */
  async listSlowly(query: AuditQuery = {}): Promise<AuditRecord[]> {
    const found: AuditRecord[] = [];
    for await (const record of this.records({ limit: 1000, ...query })) found.push(record);
    return found;
  }

  /**
   * All records that pass the filter, oldest first unless it says otherwise, a piece at a time.
   */
  async *records(query: AuditQuery = {}): AsyncGenerator<AuditRecord, void, undefined> {
    const all = { limit: Number.MAX_SAFE_INTEGER, ...query };
    for (const part of auditRecords(this.#store, all)) {
      yield* part;
      await nextTurn();
    }
  }

  /**
   * Recomputes the chain and holds its ends against what is known of them. A head or anchors that
   * were kept must be part of it. Blocks the thread: for the command line.
   */
  verify(checks: AuditChecks = {}): AuditVerdict {
    const steps = this.#verifySteps(checks);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** The same a piece at a time, for a program that has other things to do. */
  async verifySlowly(checks: AuditChecks = {}): Promise<AuditVerdict> {
    const steps = this.#verifySteps(checks);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await nextTurn();
    }
  }

  /**
   * Removes the oldest records, those before the wall time `before`, at most `limit` of them. What
   * remains stays verifiable: a record of the pruning holds the hash that it starts from. Does
   * nothing until a day's worth is due. Returns how many it removed.
   */
  prune(before: number, limit: number): number {
    const store = this.#store;
    const oldest = store.prepare('SELECT sequence, at FROM audit ORDER BY sequence LIMIT 1').get();
    if (oldest === undefined || Number(oldest['at']) >= before - dayMs) return 0;
    const from = Number(oldest['sequence']);
    // Records come late where the disk was full, so time is no order: up to the first to be kept.
    const kept = store
      .prepare('SELECT min(sequence) AS sequence FROM audit WHERE at >= ?')
      .get(before)?.['sequence'];
    const last = kept == null ? this.#lastSequence() : Number(kept) - 1;
    const through = Math.min(last, from + limit - 1);
    if (through < from) return 0;
    const row = store.prepare('SELECT hash FROM audit WHERE sequence = ?').get(through);
    const point: PruningPoint = { through, hash: String(row?.['hash']), at: this.#now(), before };
    this.#heads.announce(point);
    store.write(() => {
      const { at, hash } = point;
      const detail = { from, through, hash, before, retention: this.#retention ?? null };
      this.#insert({ who: 'system', what: 'audit.pruned', target: '', detail }, at);
      store
        .prepare(
          `INSERT INTO audit_pruning VALUES (1, ?, ?)
         ON CONFLICT (id) DO UPDATE SET through = excluded.through, hash = excluded.hash`,
        )
        .run(through, hash);
      store.prepare('DELETE FROM audit WHERE sequence <= ?').run(through);
      store.afterCommit(() => this.#heads.pruned(point));
    });
    return through - from + 1;
  }

  /** Where the log ends. Keep it elsewhere: with it a log that was cut off or rewritten is found. */
  head(): AuditHead | undefined {
    return this.#heads.ofTable();
  }

  /** Records that wait in memory, and records lost because too many waited. */
  pending(): { readonly waiting: number; readonly lost: number } {
    return { waiting: this.#waiting.length, lost: this.#lost };
  }

  #verifySteps(checks: AuditChecks): ReturnType<typeof verifySteps> {
    const retention = checks.retention ?? this.#retention;
    const all = retention === undefined ? checks : { ...checks, retention };
    return verifySteps(this.#store, this.#heads, all);
  }

  #flush(): void {
    while (this.#waiting[0] !== undefined) {
      this.#insert(this.#waiting[0].entry, this.#waiting[0].at);
      this.#waiting.shift();
    }
  }

  #insert(entry: AuditEntry, at: number): void {
    const store = this.#store;
    store.write(() => {
      // After the head that was noted, not after the last record that is there: where the end was
      // cut off, the gap then shows for ever.
      const last = this.#heads.ofTable();
      const sequence = Math.max(last?.sequence ?? 0, this.#lastSequence()) + 1;
      const previous = last?.hash ?? '';
      const detail = JSON.stringify(entry.detail ?? null);
      const { who, what, target } = entry;
      const hash = auditDigest({ sequence, at, who, what, target, detail, previous });
      store
        .prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
        .run(sequence, at, who, what, target, detail, previous, hash);
      this.#heads.put({ sequence, hash });
      store.afterCommit(() => this.#heads.keep({ sequence, hash }));
    });
  }

  #lastSequence(): number {
    const row = this.#store.prepare('SELECT max(sequence) AS sequence FROM audit').get();
    return Number(row?.['sequence'] ?? 0);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
