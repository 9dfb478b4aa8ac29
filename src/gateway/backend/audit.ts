import type { Awaitable } from './awaitable.ts';

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

export interface AuditEntry {
  /** Name of the token, `local` without one. */
  readonly who: string;
  readonly what: AuditAction;
  /** Id of the alert, list, person or camera concerned; empty when none. */
  readonly target: string;
  /** Free of biometric data and of credentials. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditRecord {
  readonly sequence: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly target: string;
  readonly detail: unknown;
  /** Hashes of the record before and of this one: the chain. */
  readonly previous: string;
  readonly hash: string;
}

export interface AuditFilter {
  readonly target?: string;
  readonly who?: string;
  /** An action such as `alert.viewed`, or its group, `alert`. */
  readonly what?: string;
  /** At or after, and before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
}

export interface AuditQuery extends AuditFilter {
  readonly limit: number;
  /** Only records above, and below, this sequence. */
  readonly after?: number;
  readonly before?: number;
  readonly order?: 'oldest' | 'newest';
}

export type AuditVerdict =
  | {
      readonly ok: true;
      readonly entries: number;
      /** Hash of the last record. */
      readonly head: string;
      /** Last sequence that was pruned by policy; 0 for none. */
      readonly prunedThrough: number;
    }
  | {
      readonly ok: false;
      /** Sound records before the break. */
      readonly entries: number;
      readonly brokenAt: number;
      readonly why: string;
    };

export interface AuditBackend {
  /** @throws NightglassError `STORE_UNWRITABLE` */
  append(entry: AuditEntry): Awaitable<void>;
  /** Records in order, a page. */
  list(query: AuditQuery): Awaitable<readonly AuditRecord[]>;
  /** All records that pass, oldest first, without holding them all. */
  records(filter: AuditFilter): AsyncIterable<AuditRecord>;
  /** Recomputes the whole chain, a piece at a time. */
  verifySlowly(): Awaitable<AuditVerdict>;
}
