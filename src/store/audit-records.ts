import type { AuditQuery } from '../domain/audit-query.ts';
import type { AuditRecord } from '../domain/audit-record.ts';
import { rawAuditRecord } from './audit-record.ts';
import type { Store } from './store.ts';

/** Records that are looked at in one step, and those that are given: about a millisecond. */
const window = 1000;
const recordsAtOnce = 100;

type AuditOrder = NonNullable<AuditQuery['order']>;
const directions = { oldest: 'ASC', newest: 'DESC' } as const;

/**
 * Records that pass the filter, in order, in parts; a part may be empty. Records are only ever added
 * behind the last and pruned before the first: the newest first, it is the log as it is at the first
 * part, the oldest first as it is at the last one.
 */
export function* auditRecords(
  store: Pick<Store, 'prepare'>,
  query: AuditQuery,
): Generator<readonly AuditRecord[], void> {
  const { order = 'oldest', limit = 1000, what } = query;
  let { after = 0, before = Number.MAX_SAFE_INTEGER } = query;
  const newest = order === 'newest';
  const values = {
    target: query.target ?? null,
    who: query.who ?? null,
    what: what ?? null,
    from: query.from ?? 0,
    to: query.to ?? Number.MAX_SAFE_INTEGER,
  };
  for (let left = limit; left > 0; ) {
    const found = store.prepare(auditEndSql(order)).get({ after, before })?.['sequence'];
    const end = found === undefined ? undefined : Number(found);
    const records = store
      .prepare(auditPageSql(order))
      .all({
        ...values,
        first: newest && end !== undefined ? end : after + 1,
        last: newest || end === undefined ? before - 1 : end,
        limit: Math.min(left, recordsAtOnce),
      })
      .map(auditRecord);
    yield records;
    left -= records.length;
    const cut = records.length === recordsAtOnce ? records.at(-1)?.sequence : end;
    if (cut === undefined) return;
    if (newest) before = cut;
    else after = cut;
  }
}

/** Where a step ends; none where it is the last one. */
const auditEndSql = (order: AuditOrder) =>
  `SELECT sequence FROM audit WHERE sequence > :after AND sequence < :before
   ORDER BY sequence ${directions[order]} LIMIT 1 OFFSET ${window}`;

/**
 * Records of a step. One bound on each side: of two SQLite takes either, and reads all from there.
 * By no index but the order of records, whatever it is filtered by.
 */
export const auditPageSql = (order: AuditOrder) =>
  `SELECT * FROM audit WHERE sequence BETWEEN :first AND :last
     AND (:target IS NULL OR target = :target) AND (:who IS NULL OR who = :who)
     AND (:what IS NULL OR what = :what OR (what > :what || '.' AND what < :what || '/'))
     AND +at >= :from AND +at < :to
   ORDER BY sequence ${directions[order]} LIMIT :limit`;

function auditRecord(row: Record<string, unknown>): AuditRecord {
  const record = rawAuditRecord(row);
  return { ...record, detail: JSON.parse(record.detail) };
}
