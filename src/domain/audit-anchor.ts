/** Where the audit log ended at some time, kept elsewhere: the log must hold that record ever after. */
export interface AuditAnchor {
  readonly sequence: number;
  readonly hash: string;
  /** Wall time at which it was written, milliseconds. */
  readonly at: number;
}

/** What an audit log is verified against, beside itself. */
export interface AuditChecks {
  /** Hash of a last record that was kept. */
  readonly head?: string;
  readonly anchors?: readonly AuditAnchor[];
  /** How long records are to be kept, milliseconds, where the log does not state it. */
  readonly retention?: number;
}
