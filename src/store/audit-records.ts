import type { AuditQuery } from '../domain/audit-query.ts';
import type { AuditRecord } from '../domain/audit-record.ts';
import { rawAuditRecord } from './audit-record.ts';
import type { Store } from './store.ts';

/** Records that are looked at in one step, and those that are given: about a millisecond. */
const window = 1000;
const recordsAtOnce = 100;

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
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const range = 'FROM audit WHERE sequence > :after AND sequence < :before';
  for (let left = limit; left > 0; ) {
    const end = store
      .prepare(`SELECT sequence ${range} ORDER BY sequence ${direction} LIMIT 1 OFFSET ${window}`)
      .get({ after, before })?.['sequence'];
    const records = store
      .prepare(
        `SELECT * ${range}
           AND sequence ${order === 'newest' ? '>=' : '<='} :end
           AND (:target IS NULL OR target = :target) AND (:who IS NULL OR who = :who)
           AND (:what IS NULL OR what = :what OR (what > :what || '.' AND what < :what || '/'))
           AND at >= :from AND at < :to
         ORDER BY sequence ${direction} LIMIT :limit`,
      )
      .all({
        after,
        before,
        // A bound without OR: the step goes no further than its window.
        end: Number(end ?? (order === 'newest' ? 0 : Number.MAX_SAFE_INTEGER)),
        target: query.target ?? null,
        who: query.who ?? null,
        what: what ?? null,
        from: query.from ?? 0,
        to: query.to ?? Number.MAX_SAFE_INTEGER,
        limit: Math.min(left, recordsAtOnce),
      })
      .map(auditRecord);
    yield records;
    left -= records.length;
    const cut = records.length === recordsAtOnce ? records.at(-1)?.sequence : end;
    if (cut === undefined) return;
    if (order === 'newest') before = Number(cut);
    else after = Number(cut);
  }
}

function auditRecord(row: Record<string, unknown>): AuditRecord {
  const record = rawAuditRecord(row);
  return { ...record, detail: JSON.parse(record.detail) };
}
