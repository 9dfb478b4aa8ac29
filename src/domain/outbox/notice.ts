import type { Alert } from '../alert.ts';
import type { StoredAlertEvent } from '../alert-event.ts';

/** What receivers outside are sent: a closed set, it is a metric's label. */
export const noticeKinds = ['alert', 'sighting', 'review', 'camera'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export const priorities = ['low', 'normal', 'high'] as const;
export type Priority = (typeof priorities)[number];

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
 * How urgent a notice is: an escalated alert and what the lists say come before faults of cameras.
 * @param byList what the configuration says of watchlists, by id; `normal` where it says nothing
 */
export function priorityOf(notice: Notice, byList: Readonly<Record<string, Priority>>): Priority {
  if (notice.kind === 'camera') return 'normal';
  if (notice.alert.state === 'escalated') return 'high';
  return byList[notice.alert.watchlistId] ?? 'normal';
}
