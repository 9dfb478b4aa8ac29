/** What a verification of the audit log found. */
export type AuditVerdict =
  | {
      readonly ok: true;
      readonly entries: number;
      /** Hash of the last record. Keep it elsewhere: with it a rewritten log is found too. */
      readonly head: string;
      /** Up to which sequence the log was pruned by policy; 0 when it never was. */
      readonly prunedThrough: number;
      /** Anchors that it was checked against, where any were given. */
      readonly anchors?: number;
    }
  | {
      readonly ok: false;
      /** Sound records before the break. */
      readonly entries: number;
      /** Sequence at which the log is broken. */
      readonly brokenAt: number;
      readonly why: string;
    };
