import { z } from 'zod';
import type { RawAuditRecord } from '../domain/audit-record.ts';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import type { AuditAnchor, AuditHead } from './audit-anchor.ts';
import { auditDigest, rawAuditRecord } from './audit-record.ts';
import type { Store } from './store.ts';

type Broken = Extract<AuditVerdict, { ok: false }>;

/** Some milliseconds' work. */
const pageSize = 250;
const pruned = z.object({ through: z.int(), hash: z.string() });

/**
 * Verifies the whole log in steps; between them other work may be done, also
 * on the log itself.
 */
export function* verifySteps(
  store: Store,
  anchor: AuditAnchor,
  head: string | undefined,
): Generator<void, AuditVerdict, undefined> {
  for (;;) {
    const start = pruning(store);
    const verdict = yield* verifyOnce(store, anchor, head, start);
    // Pruned while it was read: what was missed then is no fault.
    if (verdict.ok || pruning(store)?.sequence === start?.sequence) return verdict;
  }
}

function* verifyOnce(
  store: Store,
  anchor: AuditAnchor,
  head: string | undefined,
  start: AuditHead | undefined,
): Generator<void, AuditVerdict, undefined> {
  // The file lags behind the table and never leads it, so it is read first.
  const file = anchor.ofFile();
  if (file === 'unreadable') {
    return { ok: false, entries: 0, brokenAt: 1, why: 'the file that holds its end is damaged' };
  }
  const walk = new ChainWalk(start, [file, head === undefined ? undefined : { hash: head }]);
  for (;;) {
    const rows = store
      .prepare('SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?')
      .all(walk.sequence, pageSize);
    for (const row of rows) {
      const broken = walk.take(rawAuditRecord(row));
      if (broken !== undefined) return broken;
    }
    const end = anchor.ofTable();
    // Another process may add a record between the two statements.
    if (rows.length < pageSize && !(rows.length > 0 && (end?.sequence ?? 0) > walk.sequence)) {
      const verdict = walk.end(end);
      if (!verdict.ok || !anchor.isKept || end === undefined) return verdict;
      let now = anchor.ofFile();
      if (fileFault(now, end) !== undefined) {
        // Another process may be between its commit and its file.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        now = anchor.ofFile();
      }
      const fault = fileFault(now, end);
      const brokenAt = typeof now === 'object' ? now.sequence + 1 : 1;
      return fault === undefined
        ? verdict
        : { ok: false, entries: verdict.entries, brokenAt, why: fault };
    }
    yield;
  }
}

/** The file is written right after each commit: it is there, and as new as the log. */
function fileFault(file: AuditHead | 'unreadable' | undefined, end: AuditHead): string | undefined {
  if (file === undefined) return 'the file that holds its end is missing';
  if (file === 'unreadable') return 'the file that holds its end is damaged';
  return file.sequence < end.sequence
    ? 'the file that holds its end is older than the log'
    : undefined;
}

/** What the first record that is left must follow; undefined for a log that was never pruned. */
function pruning(store: Store): AuditHead | undefined {
  const row = store.prepare('SELECT through, hash FROM audit_pruning').get();
  if (row === undefined) return undefined;
  return { sequence: Number(row['through']), hash: String(row['hash']) };
}

/** An end of the log that somebody remembers; without its sequence where only the hash was kept. */
type Remembered = { readonly sequence?: number; readonly hash: string } | undefined;

/** Follows the chain record by record. */
export class ChainWalk {
  readonly #start: AuditHead | undefined;
  readonly #remembered: Exclude<Remembered, undefined>[];
  readonly #seen = new Set<number>();
  /** True once the log itself tells of the pruning that it starts after. */
  #startTold: boolean;
  #previous: string;
  #entries = 0;
  /** Sequence of the last record that was taken. */
  sequence: number;

  /**
   * @param start what the first record follows: the last pruned one, undefined for the very beginning
   * @param anywhere true for a part of a log, which need not tell of its beginning
   */
  constructor(
    start: AuditHead | undefined,
    remembered: readonly Remembered[] = [],
    anywhere = false,
  ) {
    this.#start = start;
    this.#startTold = anywhere || start === undefined;
    this.sequence = start?.sequence ?? 0;
    this.#previous = start?.hash ?? '';
    this.#remembered = remembered.filter((end) => end !== undefined);
  }

  take(record: RawAuditRecord): Broken | undefined {
    const broken = (why: string): Broken => ({
      ok: false,
      entries: this.#entries,
      brokenAt: record.sequence,
      why,
    });
    if (record.sequence !== this.sequence + 1) return broken('a record before it is missing');
    if (record.previous !== this.#previous)
      return broken('it does not follow the record before it');
    if (record.hash !== auditDigest(record)) return broken('its content was changed');
    for (const [index, { sequence, hash }] of this.#remembered.entries()) {
      if (hash === record.hash) this.#seen.add(index);
      else if (sequence === record.sequence) return broken('it is not the record that was there');
    }
    if (record.what === 'audit.pruned' && this.#tellsOfStart(record)) this.#startTold = true;
    this.#previous = record.hash;
    this.sequence = record.sequence;
    this.#entries += 1;
    return undefined;
  }

  /** The verdict once there are no more records; `head` is where the log should end. */
  end(head: AuditHead | undefined): AuditVerdict {
    const broken = (why: string): Broken => ({
      ok: false,
      entries: this.#entries,
      brokenAt: this.sequence + 1,
      why,
    });
    if (!this.#startTold) return broken('no record tells of the pruning of its beginning');
    const start = this.#start?.sequence ?? 0;
    for (const [index, { sequence }] of this.#remembered.entries()) {
      if (this.#seen.has(index) || (sequence !== undefined && sequence <= start)) continue;
      return broken('records were cut off at the end');
    }
    if (head === undefined && this.#entries > 0) return broken('its head is missing');
    if (head !== undefined && head.sequence > this.sequence) {
      return broken('records were cut off at the end');
    }
    if (head !== undefined && (head.sequence !== this.sequence || head.hash !== this.#previous)) {
      return broken('records were added that this program did not write');
    }
    return { ok: true, entries: this.#entries, head: this.#previous, prunedThrough: start };
  }

  #tellsOfStart(record: RawAuditRecord): boolean {
    const stated = pruned.safeParse(JSON.parse(record.detail));
    return (
      stated.success &&
      stated.data.through === this.#start?.sequence &&
      stated.data.hash === this.#start.hash
    );
  }
}

const exportedRecord = z.object({
  sequence: z.int(),
  at: z.number(),
  who: z.string(),
  what: z.string(),
  target: z.string(),
  detail: z.unknown(),
  previous: z.string(),
  hash: z.string(),
});

/**
 * Verifies an exported log, a record a line. It may begin anywhere; that
 * nothing was cut off its end only `head` can tell.
 */
export async function verifyLines(
  lines: AsyncIterable<string>,
  head: string | undefined,
): Promise<AuditVerdict> {
  let walk: ChainWalk | undefined;
  let start = 0;
  let last: AuditHead | undefined;
  let number = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    number += 1;
    const record = exportedRecord.safeParse(parseJson(line));
    if (!record.success) {
      const brokenAt = (last?.sequence ?? 0) + 1;
      return { ok: false, entries: number - 1, brokenAt, why: `line ${number} is no record` };
    }
    const raw = { ...record.data, detail: JSON.stringify(record.data.detail ?? null) };
    if (walk === undefined) {
      start = raw.sequence - 1;
      const first = start === 0 ? undefined : { sequence: start, hash: raw.previous };
      walk = new ChainWalk(first, [head === undefined ? undefined : { hash: head }], true);
    }
    const broken = walk.take(raw);
    if (broken !== undefined) return broken;
    last = { sequence: raw.sequence, hash: raw.hash };
  }
  if (walk !== undefined) return walk.end(last);
  return head === undefined
    ? { ok: true, entries: 0, head: '', prunedThrough: 0 }
    : { ok: false, entries: 0, brokenAt: 1, why: 'records were cut off at the end' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
