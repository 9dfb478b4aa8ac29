import type { AuditFilter, AuditQuery } from '../../domain/audit-query.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import type { AuditVerdict } from '../../domain/audit-verdict.ts';
import type { Awaitable } from '../../domain/awaitable.ts';

/** What the gateway writes down: of the store's actions those that people ask for through it. */
export type AuditAction =
  | 'access.denied'
  | 'session.started'
  | 'session.ended'
  | 'alert.viewed'
  | 'alerts.listed'
  | 'person.viewed'
  | 'people.listed'
  | 'events.watched'
  | 'preview.watched'
  | 'alert.reviewed'
  | 'alert.still_lifted'
  | 'embeddings.subscribed'
  | 'search.run'
  | 'watchlist.created'
  | 'watchlist.updated'
  | 'watchlist.removed'
  | 'watchlist.imported'
  | 'watchlist.import_ended'
  | 'watchlist.exported'
  | 'person.created'
  | 'person.updated'
  | 'person.removed'
  | 'person.enrolled'
  | 'person.image_removed'
  | 'cameras.reloaded'
  | 'audit.read'
  | 'audit.verified'
  | 'audit.exported';

/** Narrower than the store's: a detail of plain values, so that no biometric data slips in. */
export interface AuditEntry {
  /** Name of the token, `local` without one. */
  readonly who: string;
  readonly what: AuditAction;
  /** Id of the alert, list, person or camera concerned; empty when none. */
  readonly target: string;
  /** Free of biometric data and of credentials. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Records to read: a reader says how many. */
export type AuditPage = AuditQuery & Required<Pick<AuditQuery, 'limit'>>;

export interface AuditBackend {
  /** @throws NightglassError `STORE_UNWRITABLE` */
  append(entry: AuditEntry): Awaitable<void>;
  /** Records in order, a page. */
  list(query: AuditPage): Awaitable<readonly AuditRecord[]>;
  /** All records that pass, oldest first, without holding them all. */
  records(filter: AuditFilter): AsyncIterable<AuditRecord>;
  /** Recomputes the whole chain, a piece at a time. */
  verifySlowly(): Awaitable<AuditVerdict>;
}
