import type { Alert } from '../alert.ts';
import type { StoredAlertEvent } from '../alert-event.ts';
import type { WatchlistPriority } from '../watchlist.ts';

/** What receivers outside are sent: a closed set, it is a metric's label. */
export const noticeKinds = ['alert', 'sighting', 'review', 'camera'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Those of watchlists, rising. */
export const priorities = ['low', 'normal', 'urgent'] as const satisfies WatchlistPriority[];
export type Priority = WatchlistPriority;

/** A fault of a camera that lasted, or its end. */
export interface CameraFault {
  readonly cameraId: string;
  readonly code: string;
  readonly message: string;
  readonly state: 'begun' | 'ended';
  /** Wall times, milliseconds: since when the fault is there, and when this was found. */
  readonly since: number;
  readonly at: number;
}

/** Something that happened and that receivers may want. */
export type Notice =
  | { readonly kind: 'alert' | 'sighting' | 'review'; readonly alert: Alert }
  | { readonly kind: 'camera'; readonly fault: CameraFault };

const kindOfChange = {
  created: 'alert',
  sighted: 'sighting',
  reviewed: 'review',
  // A better picture, a clip, a mark: it is looked up, not sent.
  updated: null,
} as const satisfies Record<StoredAlertEvent['change'], NoticeKind | null>;

/** The kind that a change of an alert is sent as; null for one that is not sent. */
export function noticeKindOf(
  change: StoredAlertEvent['change'],
): (typeof kindOfChange)[StoredAlertEvent['change']] {
  return kindOfChange[change];
}

/**
 * How urgent a notice is: as its list is, urgent where somebody escalated the alert, normal for a
 * camera.
 * @param ofList of a watchlist, by id; undefined for one that is gone
 */
export function priorityOf(
  notice: Notice,
  ofList: (watchlistId: string) => Priority | undefined,
): Priority {
  if (notice.kind === 'camera') return 'normal';
  if (notice.alert.state === 'escalated') return 'urgent';
  return ofList(notice.alert.watchlistId) ?? 'normal';
}
