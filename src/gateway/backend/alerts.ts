import type { Alert, AlertState, EvidenceKind } from '../../alerts/alert.ts';
import type { Awaitable } from './awaitable.ts';

type Hint = 'scores' | 'threshold' | 'fpir' | 'gallerySize' | 'meanGate' | 'quality' | 'components';
/** An alert; without what hints at the machine's view where a second reviewer is to judge. */
export type ShownAlert = Omit<Alert, Hint> & Partial<Pick<Alert, Hint>>;

/** One telling of an alert, when it was stored; it goes to everybody who may see the camera. */
export interface AlertEvent {
  readonly change: 'created' | 'updated' | 'reviewed';
  readonly alert: ShownAlert;
}

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly watchlistId?: string;
  readonly personId?: string;
  /** Only alerts of these cameras; an empty list gives nothing. */
  readonly cameras: '*' | readonly string[];
  /** Only alerts of these watchlists. */
  readonly watchlists: '*' | readonly string[];
  /** Created at or after, and before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** Default: the newest first; `queue`: as people should review them. */
  readonly order?: 'newest' | 'queue';
  /** `next` of the page before. */
  readonly before?: string;
  /** 1..200. */
  readonly limit: number;
}

export interface AlertPage {
  readonly alerts: readonly ShownAlert[];
  /** `before` of the next page; null on the last. */
  readonly next: string | null;
}

export interface AlertFeedPage {
  readonly events: readonly AlertEvent[];
  /** Pass it as the next page's `since`. */
  readonly next: string;
  /** False on the last page. */
  readonly more: boolean;
}

export type ReviewAction = 'acknowledge' | 'confirm' | 'dismiss' | 'escalate';

export interface ReviewRequest {
  readonly action: ReviewAction;
  /** Name of the reviewer's token. */
  readonly reviewer: string;
  /** Why; always present for `dismiss`. */
  readonly reason?: string;
  /** The revision that the reviewer saw; a store that has moved on answers `CONFLICT`. */
  readonly expectedRevision?: number;
}

export interface Review {
  readonly action: ReviewAction;
  readonly reviewer: string;
  readonly reason: string;
  readonly at: number;
  readonly stateAfter: AlertState;
}

/** An alert with its reviews, as one viewer may see it. */
export interface AlertRecord {
  readonly alert: ShownAlert;
  readonly reviews: readonly Review[];
  /** Equal verdicts needed, who gave one, and whether that settled it. */
  readonly review: {
    readonly needed: 1 | 2;
    readonly voters: readonly string[];
    readonly decided: boolean;
  };
  /** True when the viewer would be the second reviewer, from whom scores are kept. */
  readonly blind: boolean;
}

/** Stored alerts, and those that live in memory alone while the data folder is not writable. */
export interface AlertsBackend {
  /**
   * A page, as `viewer` (name of the token that asks) may see it.
   * @throws NightglassError `BAD_REQUEST` for a `before` that is no `next`
   */
  list(filter: AlertFilter, viewer: string): Awaitable<AlertPage>;
  /** @param viewer name of the token that asks: reviews of others may be hidden from it */
  find(id: string, viewer: string): Awaitable<AlertRecord | undefined>;
  /**
   * What was told after a point, oldest first: the id of the last alert that a client saw, or
   * `next` of the page before. May repeat what the client saw, never leaves out what it did not.
   * @throws NightglassError `BAD_REQUEST` for a `since` that can be neither
   */
  since(since: string, limit: number): Awaitable<AlertFeedPage>;
  /** JPEG, or null when the alert has no such picture. */
  evidence(id: string, kind: EvidenceKind): Awaitable<Uint8Array | null>;
  /** @throws NightglassError `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `STORE_UNWRITABLE` */
  review(id: string, request: ReviewRequest): Awaitable<AlertRecord>;
}
