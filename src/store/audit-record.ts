import { createHash } from 'node:crypto';
import type { RawAuditRecord } from '../domain/audit-record.ts';

export function rawAuditRecord(row: Record<string, unknown>): RawAuditRecord {
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

/** The hash that the record must have: SHA-256 over its fields as a JSON array, `detail` as text. */
export function auditDigest(record: Omit<RawAuditRecord, 'hash'>): string {
  const { previous, sequence, at, who, what, target, detail } = record;
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, at, who, what, target, detail]))
    .digest('hex');
}
