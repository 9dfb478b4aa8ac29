import type { Alert } from './alert.ts';
import type { ShownAlert } from './review.ts';

/** A change of an alert, when it was stored; without scores where a second reviewer is to judge. */
export interface AlertEvent<A = ShownAlert> {
  /** `sighted`: the last of the alert's sightings is new. */
  readonly change: 'created' | 'updated' | 'sighted' | 'reviewed';
  readonly alert: A;
}

/** A change as the store numbers it. */
export interface StoredAlertEvent extends AlertEvent<Alert> {
  /** Grows with each event; null for an alert that could not be stored. */
  readonly sequence: number | null;
}

/** A page of changes after a point, oldest first. */
export interface AlertFeedPage<E = AlertEvent> {
  readonly events: readonly E[];
  /** Pass it as the next page's `since`. */
  readonly next: string;
  /** False on the last page. */
  readonly more: boolean;
}
