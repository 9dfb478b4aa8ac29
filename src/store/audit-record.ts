import { createHash } from 'node:crypto';

/** A record of the audit log as it is stored. */
export interface RawAuditRecord {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Wall time of the act, milliseconds. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly target: string;
  /** JSON text: hashed as it stands. */
  readonly detail: string;
  /** Hash of the record before, `''` for the first. */
  readonly previous: string;
  /** SHA-256, hex, over `previous` and this record's content. */
  readonly hash: string;
}

/** The same, with its detail read. */
export interface AuditRecord extends Omit<RawAuditRecord, 'detail'> {
  readonly detail: unknown;
}

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
