import type { AlertNote } from './alert-note.ts';
import type { OutcomeEntry } from './alert-outcome.ts';
import type { Review, ReviewStatus, ShownAlert } from './review.ts';

/** A page of alerts. */
export interface AlertPage<A = ShownAlert> {
  readonly alerts: readonly A[];
  /** `before` of the next page; null on the last. */
  readonly next: string | null;
  /** Alerts that pass the filter, on all pages together. */
  readonly total: number;
}

/** An alert with its reviews. */
export interface AlertRecord<A = ShownAlert> {
  readonly alert: A;
  /** In the store all of them; what a viewer may see is `visibleReviews`. */
  readonly reviews: readonly Review[];
  readonly review: ReviewStatus;
  /** Oldest first; of them too, a viewer may not see all. */
  readonly notes: readonly AlertNote[];
  /** What came of it, oldest first; the last one counts. There is none before it is confirmed. */
  readonly outcomes: readonly OutcomeEntry[];
}

/** An alert with its reviews, as one viewer may see it. */
export interface ShownAlertRecord extends AlertRecord {
  /** True when the viewer would be the second reviewer, from whom scores are kept. */
  readonly blind: boolean;
  /** The look-alike that its face became; null where it is none. */
  readonly lookAlikeId: string | null;
}
