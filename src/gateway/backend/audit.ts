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

export interface AuditBackend {
  /** @throws NightglassError `STORE_UNWRITABLE` */
  append(entry: AuditEntry): Awaitable<void>;
  /** Records in order, from `after` (exclusive) on. */
  list(query: {
    limit: number;
    after?: number;
    target?: string;
  }): Awaitable<readonly AuditRecord[]>;
}
