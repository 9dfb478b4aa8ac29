import type { Alert, EvidenceKind } from '../alert.ts';
import { camerasOf } from '../alert-filter.ts';
import { isOn, type Times } from '../schedule.ts';
import { type Notice, type NoticeKind, type Priority, priorities } from './notice.ts';

/** What a receiver is sent. */
export interface ReceiverRules {
  readonly events: readonly NoticeKind[];
  readonly watchlists: '*' | readonly string[];
  readonly cameras: '*' | readonly string[];
  readonly leastPriority: Priority;
  /** Least fused score of the appearance; null: any. Faults of cameras have none. */
  readonly leastScore: number | null;
  /** At other times nothing is sent; null: always. */
  readonly schedule: Times | null;
  /** At these times only what is at least so urgent is sent. */
  readonly quietHours: (Times & { readonly except: Priority | null }) | null;
}

export const sentPictures = [
  'face',
  'frame',
  'enhanced',
  'enrolled',
] as const satisfies readonly EvidenceKind[];
export type SentPicture = (typeof sentPictures)[number];

/** What of an alert leaves the program, beside where and when it was. */
export interface ReceiverShow {
  /** Of the person and of the list. */
  readonly names: boolean;
  readonly scores: boolean;
  readonly pictures: readonly SentPicture[];
}

export const receiverLanguages = ['en', 'zh'] as const;
export type ReceiverLanguage = (typeof receiverLanguages)[number];

/** The ways to reach somebody outside. */
export const receiverWays = ['webhook', 'mqtt', 'email'] as const;
export type ReceiverWay = (typeof receiverWays)[number];

/** Somebody outside who is sent what happens; how it is reached is the business of its sender. */
export interface Receiver {
  readonly id: string;
  /** `push`: a device of somebody, which no configuration names. */
  readonly by: ReceiverWay | 'push';
  /** Where it is, without what could be a secret: a host. */
  readonly host: string;
  readonly rules: ReceiverRules;
  readonly show: ReceiverShow;
  readonly language: ReceiverLanguage;
}

/** Why a notice is not for a receiver: a closed set, it is a metric's label. */
export const skipReasons = [
  'event',
  'watchlist',
  'camera',
  'priority',
  'score',
  'schedule',
  'quiet_hours',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** Why a notice is not for a receiver at this time; null where it is. */
export function skipReason(
  rules: ReceiverRules,
  notice: Notice,
  priority: Priority,
  now: number,
): SkipReason | null {
  if (!rules.events.includes(notice.kind)) return 'event';
  if (notice.kind === 'camera') {
    if (!admits(rules.cameras, notice.fault.cameraId)) return 'camera';
  } else {
    if (!admits(rules.watchlists, notice.alert.watchlistId)) return 'watchlist';
    if (!placesOf(notice).some((camera) => admits(rules.cameras, camera))) return 'camera';
    if (rules.leastScore !== null && scoreOf(notice) < rules.leastScore) return 'score';
  }
  if (isBelow(priority, rules.leastPriority)) return 'priority';
  if (rules.schedule !== null && !isOn(rules.schedule, now)) return 'schedule';
  const quiet = rules.quietHours;
  if (quiet === null || !isOn(quiet, now)) return null;
  return quiet.except === null || isBelow(priority, quiet.except) ? 'quiet_hours' : null;
}

type AlertNotice = Exclude<Notice, { kind: 'camera' }>;

/** Cameras that a notice is about: of a sighting the one that saw the person again. */
function placesOf({ kind, alert }: AlertNotice): readonly string[] {
  const newest = alert.sightings.at(-1);
  return kind === 'sighting' && newest !== undefined ? [newest.cameraId] : camerasOf(alert);
}

function scoreOf({ kind, alert }: AlertNotice): number {
  const newest = kind === 'sighting' ? alert.sightings.at(-1) : undefined;
  return (newest ?? (alert as Pick<Alert, 'scores'>)).scores.fused;
}

function admits(wanted: '*' | readonly string[], id: string): boolean {
  return wanted === '*' || wanted.includes(id);
}

function isBelow(priority: Priority, least: Priority): boolean {
  return priorities.indexOf(priority) < priorities.indexOf(least);
}
