import type { AuditEntry } from '../../domain/audit-entry.ts';
import type { AuditFilter, AuditQuery } from '../../domain/audit-query.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import type { AuditVerdict } from '../../domain/audit-verdict.ts';
import type { Awaitable } from '../../domain/awaitable.ts';

/** Records to read: a reader says how many. */
export type AuditPage = AuditQuery & Required<Pick<AuditQuery, 'limit'>>;

/** The audit log as the gateway asks for it. Changes record themselves, in their own transaction. */
export interface AuditBackend {
  /** For what must not happen unrecorded. @throws NightglassError `AUDIT_UNAVAILABLE` */
  require(entry: AuditEntry): Awaitable<void>;
  /** For what goes on in any case; waits in memory while the folder takes no writes. */
  append(entry: AuditEntry): Awaitable<void>;
  /** Records in order, a page. */
  list(query: AuditPage): Awaitable<readonly AuditRecord[]>;
  /** All records that pass, oldest first, without holding them all. */
  records(filter: AuditFilter): AsyncIterable<AuditRecord>;
  /** Recomputes the whole chain, a piece at a time. */
  verifySlowly(): Awaitable<AuditVerdict>;
}
