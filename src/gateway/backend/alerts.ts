import type { Alert, EvidenceKind } from '../../alerts/alert.ts';
import type { AlertFilter } from '../../alerts/alert-filter.ts';
import type {
  Review,
  ReviewRequest,
  ReviewStatus,
  ScoreBlindAlert,
  ScoreHint,
} from '../../alerts/review.ts';
import type { Awaitable } from './awaitable.ts';

/**
 * An alert; without what hints at the machine's view where a second reviewer is to judge. Events,
 * pages and records of the alert store hold whole alerts: those here are what leaves the program.
 */
export type ShownAlert = ScoreBlindAlert & Partial<Pick<Alert, ScoreHint>>;

/** One telling of an alert, when it was stored; it goes to everybody who may see the camera. */
export interface AlertEvent {
  readonly change: 'created' | 'updated' | 'reviewed';
  readonly alert: ShownAlert;
}

/** The store's filter, where what a viewer may see, and how much at once, must be said. */
export type ViewerFilter = AlertFilter &
  Required<Pick<AlertFilter, 'cameras' | 'watchlists' | 'limit'>>;

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

/** An alert with its reviews, as one viewer may see it. */
export interface AlertRecord {
  readonly alert: ShownAlert;
  readonly reviews: readonly Review[];
  readonly review: ReviewStatus;
  /** True when the viewer would be the second reviewer, from whom scores are kept. */
  readonly blind: boolean;
}

/** Stored alerts, and those that live in memory alone while the data folder is not writable. */
export interface AlertsBackend {
  /**
   * A page, as `viewer` (name of the token that asks) may see it.
   * @throws NightglassError `BAD_REQUEST` for a `before` that is no `next`
   */
  list(filter: ViewerFilter, viewer: string): Awaitable<AlertPage>;
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
