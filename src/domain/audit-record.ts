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
