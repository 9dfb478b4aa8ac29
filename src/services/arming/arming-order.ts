import { type ArmingRecord, type ArmingSubject, endOfOrder } from '../../domain/arming.ts';
import { armingBounds } from '../../domain/arming-bounds.ts';
import type { Actor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Times } from '../../domain/schedule.ts';

/** What somebody wants of a camera or a watchlist. */
export interface ArmingOrder {
  readonly armed: boolean;
  /** For so many minutes, or until then, wall milliseconds; neither: until the next change of the schedule, or the next order. */
  readonly minutes?: number | undefined;
  readonly until?: number | undefined;
}

const minuteMs = 60_000;

/**
 * An order as it goes on record.
 * @param schedule of what it is about
 * @throws NightglassError `BAD_REQUEST` for a time that is over or too far ahead
 */
export function orderRecord(
  { kind, id }: ArmingSubject,
  { armed, minutes, ...order }: ArmingOrder,
  { by, now, schedule }: { by: Actor; now: number; schedule: Times | undefined },
): ArmingRecord {
  const until = minutes === undefined ? order.until : now + minutes * minuteMs;
  if (until !== undefined && !(until > now && until <= now + armingBounds.longestMs)) {
    const days = armingBounds.longestMs / 86_400_000;
    throw new NightglassError(
      'BAD_REQUEST',
      `Cannot arm or disarm the ${kind} ${id} until that time: it must lie ahead, by ${days} days at most`,
    );
  }
  const end = until ?? endOfOrder(schedule, now);
  return {
    ...{ kind, id, armed, cause: 'order', by: by.name, since: now },
    ...{ until: end, timed: until !== undefined },
  };
}
