import { createHash } from 'node:crypto';
import { isNightglassError } from '../errors.ts';
import type { Store, StoreLog } from './create-store.ts';

export interface AuditEntry {
  /** Name of the token, program or person who acted. */
  readonly who: string;
  /** What was done, e.g. `watchlist.create`. */
  readonly what: string;
  /** What it was done to, e.g. a watchlist's id. */
  readonly target: string;
  /** Anything else, JSON. Never biometric data or credentials. */
  readonly detail?: unknown;
}

export interface AuditRecord {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Wall time of the act, milliseconds. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly target: string;
  readonly detail: unknown;
  /** Hash of the record before, `''` for the first. */
  readonly previous: string;
  /** SHA-256, hex, over `previous` and this record's content. */
  readonly hash: string;
}

export type AuditVerdict =
  /** Keep `head` elsewhere: with it a cut-off end is found too. */
  | { readonly ok: true; readonly entries: number; readonly head: string }
  | {
      readonly ok: false;
      readonly entries: number;
      readonly brokenAt: number;
      readonly why: string;
    };

export interface AuditLog {
  /** Adds a record. While the folder takes no writes it waits in memory (bounded) and is logged. */
  append(entry: AuditEntry): void;
  /** Records in order, from `after` (exclusive) on. */
  list(options?: { after?: number; limit?: number; target?: string }): AuditRecord[];
  /** Recomputes the chain. `head`, kept from an earlier verdict, must be part of it. */
  verify(head?: string): AuditVerdict;
  /** Records that wait in memory, and records lost because too many waited. */
  pending(): { readonly waiting: number; readonly lost: number };
}

const maxWaiting = 10_000;

/** Who did what, when, to what: append-only (a trigger refuses changes) and chained by hash. */
export function createAuditLog(options: {
  store: Store;
  now: () => number;
  log?: StoreLog;
}): AuditLog {
  const { store, now, log } = options;
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
    store.write(() => {
      const last = store
        .prepare('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1')
        .get();
      const sequence = Number(last?.['sequence'] ?? 0) + 1;
      const previous = String(last?.['hash'] ?? '');
      const detail = JSON.stringify(entry.detail ?? null);
      const { who, what, target } = entry;
      const hash = digest({ sequence, at, who, what, target, detail, previous });
      store
        .prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
        .run(sequence, at, who, what, target, detail, previous, hash);
    });
  }

  return {
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
    list({ after = 0, limit = 1000, target } = {}) {
      const rows =
        target === undefined
          ? store
              .prepare('SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?')
              .all(after, limit)
          : store
              .prepare(
                'SELECT * FROM audit WHERE sequence > ? AND target = ? ORDER BY sequence LIMIT ?',
              )
              .all(after, target, limit);
      return rows.map((row) => ({ ...rawRecord(row), detail: JSON.parse(String(row['detail'])) }));
    },
    verify(head) {
      let previous = '';
      let entries = 0;
      let headSeen = head === undefined || head === '';
      for (const row of store.prepare('SELECT * FROM audit ORDER BY sequence').iterate()) {
        const record = rawRecord(row);
        const broken = (why: string) =>
          ({ ok: false, entries, brokenAt: record.sequence, why }) as const;
        if (record.sequence !== entries + 1) return broken('a record before it is missing');
        if (record.previous !== previous) return broken('it does not follow the record before it');
        if (record.hash !== digest(record)) return broken('its content was changed');
        previous = record.hash;
        entries += 1;
        if (previous === head) headSeen = true;
      }
      if (headSeen) return { ok: true, entries, head: previous };
      return { ok: false, entries, brokenAt: entries + 1, why: 'records were cut off at the end' };
    },
    pending: () => ({ waiting: waiting.length, lost }),
  };
}

interface RawRecord extends Omit<AuditRecord, 'detail' | 'hash'> {
  /** As stored, JSON text: hashed as it stands. */
  readonly detail: string;
}

function rawRecord(row: Record<string, unknown>): RawRecord & { hash: string } {
  return {
    sequence: Number(row['sequence']),
    at: Number(row['at']),
    who: String(row['who']),
    what: String(row['what']),
    target: String(row['target']),
    detail: String(row['detail']),
    previous: String(row['previous']),
    hash: String(row['hash']),
  };
}

function digest(record: RawRecord): string {
  const { previous, sequence, at, who, what, target, detail } = record;
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, at, who, what, target, detail]))
    .digest('hex');
}
