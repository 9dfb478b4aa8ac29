export interface AuditFilter {
  readonly target?: string;
  readonly who?: string;
  /** An action such as `alert.viewed`, or its group, `alert`. */
  readonly what?: string;
  /** At or after, and before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
}

/** Records of the audit log to read. */
export interface AuditQuery extends AuditFilter {
  /** Only records above, and below, this sequence. */
  readonly after?: number;
  readonly before?: number;
  /** Default the oldest first. */
  readonly order?: 'oldest' | 'newest';
  /** Default 1000. */
  readonly limit?: number;
}
