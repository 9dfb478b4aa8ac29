import { isOn, nextChange, type Times } from './schedule.ts';

/** What can be armed: a camera, or a watchlist. */
export const armingKinds = ['camera', 'watchlist'] as const;
export type ArmingKind = (typeof armingKinds)[number];

/** A camera or a watchlist, by its id. */
export interface ArmingSubject {
  readonly kind: ArmingKind;
  readonly id: string;
}

/** Something that can be armed, and which cameras it is about. */
export interface Armable extends ArmingSubject {
  /** The camera itself, or those of the watchlist. */
  readonly cameras: '*' | readonly string[];
  /** Whether alerts could come of it: a camera that runs, a list in force that is matched live. */
  readonly inUse: boolean;
}

/** Why something is armed or not: somebody said so, its schedule, or nothing was ever said. */
export const armingCauses = ['order', 'schedule', 'none'] as const;
export type ArmingCause = (typeof armingCauses)[number];

/**
 * What was last said of it, and is on record. An order holds until its time; where it names none,
 * until the next change of the schedule, and without a schedule until the next order.
 */
export interface ArmingRecord extends ArmingSubject {
  readonly armed: boolean;
  readonly cause: Exclude<ArmingCause, 'none'>;
  /** Who ordered it; null by its schedule, or where an order has ended. */
  readonly by: string | null;
  /** Since when, wall milliseconds. */
  readonly since: number;
  /** When an order ends, wall milliseconds; null: with the next one. */
  readonly until: number | null;
  /** Whether its end was given as a time: another schedule does not move it then. */
  readonly timed: boolean;
}

/** How it stands with a camera or a watchlist. */
export interface ArmingState extends ArmingSubject {
  /** Disarmed: no face is compared with the list, or none of the camera with any list. */
  readonly armed: boolean;
  readonly cause: ArmingCause;
  readonly by: string | null;
  readonly since: number | null;
  /** When it will be looked at anew: the end of an order, or the next change of its schedule. */
  readonly until: number | null;
  /** Whether it has a schedule. */
  readonly scheduled: boolean;
}

/** A change of it, and which cameras it is about. */
export interface ArmingChange {
  readonly state: ArmingState;
  /** The camera itself, or those of the watchlist. */
  readonly cameras: '*' | readonly string[];
}

/** Whether an order is in force. */
export function orderHolds(
  record: ArmingRecord | undefined,
  now: number,
): record is ArmingRecord & { readonly cause: 'order' } {
  if (record === undefined || record.cause !== 'order') return false;
  return record.until === null || now < record.until;
}

/** Whether it is to be armed now: by the order in force, else by its schedule, else it is. */
export function wantsArmed(
  record: ArmingRecord | undefined,
  schedule: Times | undefined,
  now: number,
): boolean {
  if (orderHolds(record, now)) return record.armed;
  return schedule === undefined || isOn(schedule, now);
}

/** When an order without a time of its own ends: null for one that has no such end. */
export function endOfOrder(schedule: Times | undefined, now: number): number | null {
  return schedule === undefined ? null : nextChange(schedule, now);
}

/** An order of a time to come, given before the clock was set back: it ends as long from now. */
export function movedBack(
  record: ArmingRecord,
  schedule: Times | undefined,
  now: number,
): ArmingRecord {
  const { since, timed, until } = record;
  const end = timed && until !== null ? now + (until - since) : endOfOrder(schedule, now);
  return { ...record, since: now, until: end };
}

/** Names a camera or a watchlist among all of them. */
export function armingKey({ kind, id }: ArmingSubject): string {
  return `${kind} ${id}`;
}
