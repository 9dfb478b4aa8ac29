import type { AuditEntry } from '../domain/audit-entry.ts';
import type { AuditFilter, AuditQuery } from '../domain/audit-query.ts';
import type { AuditRecord, RawAuditRecord } from '../domain/audit-record.ts';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { AuditAnchor, type AuditHead } from './audit-anchor.ts';
import { auditDigest, rawAuditRecord } from './audit-record.ts';
import { verifySteps } from './audit-verify.ts';
import type { Store, StoreLog } from './store.ts';

export interface AuditLog {
  /**
   * Adds the record of a change, in the transaction of the change: both are kept, or neither.
   * @throws NightglassError `STORE_UNWRITABLE`, by that transaction
   */
  record(entry: AuditEntry): void;
  /** Adds the record of what must not happen unrecorded. @throws NightglassError `AUDIT_UNAVAILABLE` */
  require(entry: AuditEntry): void;
  /**
   * Adds the record of what goes on in any case. While the folder takes no writes it waits in
   * memory (bounded) and is logged.
   */
  append(entry: AuditEntry): void;
  /** Records that pass the filter, in order. */
  list(query?: AuditQuery): AuditRecord[];
  /** All records that pass the filter, oldest first, read in pages: nothing is held for long. */
  records(filter?: AuditFilter): AsyncGenerator<AuditRecord, void, undefined>;
  /**
   * Recomputes the chain and holds its end against what is known of it. `head`, kept from an
   * earlier verdict, must be part of it. Blocks the thread: for the command line.
   */
  verify(head?: string): AuditVerdict;
  /** The same a piece at a time, for a program that has other things to do. */
  verifySlowly(head?: string): Promise<AuditVerdict>;
  /**
   * Removes the oldest records, those before the wall time `before`, at most `limit` of them. What
   * remains stays verifiable: a record of the pruning holds the hash that it starts from. Does
   * nothing until a day's worth is due. Returns how many it removed.
   */
  prune(before: number, limit: number): number;
  /** Where the log ends. Keep it elsewhere: with it a log that was cut off or rewritten is found. */
  head(): AuditHead | undefined;
  /** Records that wait in memory, and records lost because too many waited. */
  pending(): { readonly waiting: number; readonly lost: number };
}

const maxWaiting = 10_000;
const dayMs = 86_400_000;
const pageSize = 250;

/**
 * Who did what, when, to what: append-only (a trigger refuses changes) and
 * chained by hash. Where it ends is kept twice: in a table, in the transaction
 * of each record, and in a file beside the database.
 */
export function createAuditLog(options: {
  store: Store;
  now: () => number;
  log?: StoreLog;
}): AuditLog {
  const { store, now, log } = options;
  const anchor = new AuditAnchor(store, log);
  const waiting: { entry: AuditEntry; at: number }[] = [];
  let lost = 0;
  store.onRecovery(flush);

  function flush(): void {
    while (waiting[0] !== undefined) {
      insert(waiting[0].entry, waiting[0].at);
      waiting.shift();
    }
  }

  function insert(entry: AuditEntry, at: number): void {
    store.write(() => insertWithin(entry, at));
  }

  /** The caller holds the transaction. */
  function insertWithin(entry: AuditEntry, at: number): void {
    // After the head that was noted, not after the last record that is there: where the end was
    // cut off, the gap then shows for ever.
    const last = anchor.ofTable();
    const end = store.prepare('SELECT max(sequence) AS sequence FROM audit').get()?.['sequence'];
    const sequence = Math.max(last?.sequence ?? 0, Number(end ?? 0)) + 1;
    const previous = last?.hash ?? '';
    const detail = JSON.stringify(entry.detail ?? null);
    const { who, what, target } = entry;
    const hash = auditDigest({ sequence, at, who, what, target, detail, previous });
    store
      .prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(sequence, at, who, what, target, detail, previous, hash);
    anchor.put({ sequence, hash });
    store.afterCommit(() => anchor.keep({ sequence, hash }));
  }

  return {
    record: (entry) => insert(entry, now()),
    require(entry) {
      try {
        insert(entry, now());
      } catch (error) {
        if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
        throw new NightglassError(
          'AUDIT_UNAVAILABLE',
          `Cannot go on: the audit log cannot be written, and this may not happen unrecorded (${entry.what})`,
          { hint: 'Give the data folder free space and write permission.', cause: error },
        );
      }
    },
    append(entry) {
      const at = now();
      try {
        flush();
        insert(entry, at);
      } catch (error) {
        if (!isNightglassError(error, 'STORE_UNWRITABLE')) throw error;
        log?.error({ ...entry, at }, 'An audit record waits in memory');
        if (waiting.length >= maxWaiting) lost += 1;
        else waiting.push({ entry, at });
      }
    },
    list: (query = {}) => page(store, query).map(parsed),
    async *records(filter = {}) {
      for (let after = 0; ; ) {
        const found = page(store, { ...filter, after, limit: pageSize });
        for (const record of found) yield parsed(record);
        if (found.length < pageSize) return;
        after = found.at(-1)?.sequence ?? after;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    verify(head) {
      const steps = verifySteps(store, anchor, head);
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
      }
    },
    async verifySlowly(head) {
      const steps = verifySteps(store, anchor, head);
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    prune(before, limit) {
      const oldest = store
        .prepare('SELECT sequence, at FROM audit ORDER BY sequence LIMIT 1')
        .get();
      if (oldest === undefined || Number(oldest['at']) >= before - dayMs) return 0;
      const from = Number(oldest['sequence']);
      // Records come late where the disk was full, so time is no order: up to the first to be kept.
      const kept = store
        .prepare('SELECT min(sequence) AS sequence FROM audit WHERE at >= ?')
        .get(before)?.['sequence'];
      const end = store.prepare('SELECT max(sequence) AS sequence FROM audit').get()?.['sequence'];
      const through = Math.min(kept == null ? Number(end) : Number(kept) - 1, from + limit - 1);
      if (through < from) return 0;
      store.write(() => {
        const hash = store.prepare('SELECT hash FROM audit WHERE sequence = ?').get(through)?.[
          'hash'
        ];
        const detail = { from, through, hash, before };
        insertWithin({ who: 'system', what: 'audit.pruned', target: '', detail }, now());
        store
          .prepare('INSERT OR REPLACE INTO audit_pruning VALUES (1, ?, ?)')
          .run(through, String(hash));
        store.prepare('DELETE FROM audit WHERE sequence <= ?').run(through);
      });
      return through - from + 1;
    },
    head: () => anchor.ofTable(),
    pending: () => ({ waiting: waiting.length, lost }),
  };
}

function page(store: Store, query: AuditQuery): RawAuditRecord[] {
  const { order = 'oldest', limit = 1000, what } = query;
  return store
    .prepare(
      `SELECT * FROM audit WHERE sequence > :after AND sequence < :before
         AND (:target IS NULL OR target = :target) AND (:who IS NULL OR who = :who)
         AND (:what IS NULL OR what = :what OR (what > :what || '.' AND what < :what || '/'))
         AND at >= :from AND at < :to
       ORDER BY sequence ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT :limit`,
    )
    .all({
      after: query.after ?? 0,
      before: query.before ?? Number.MAX_SAFE_INTEGER,
      target: query.target ?? null,
      who: query.who ?? null,
      what: what ?? null,
      from: query.from ?? 0,
      to: query.to ?? Number.MAX_SAFE_INTEGER,
      limit,
    })
    .map(rawAuditRecord);
}

function parsed(record: RawAuditRecord): AuditRecord {
  return { ...record, detail: JSON.parse(record.detail) };
}
