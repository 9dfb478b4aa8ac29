import type { Priority } from '../outbox/notice.ts';

/** How a push service is told to treat a message (RFC 8030, sections 5.2 and 5.3). */
export interface PushTreatment {
  readonly urgency: 'low' | 'normal' | 'high';
  /** How long it is kept for a device that is off, seconds. */
  readonly ttl: number;
}

const hour = 3600;
const treatments: Readonly<Record<Priority, PushTreatment>> = {
  low: { urgency: 'low', ttl: hour },
  normal: { urgency: 'normal', ttl: 4 * hour },
  urgent: { urgency: 'high', ttl: 24 * hour },
};
/** What waited here for long is still kept for so long, seconds. */
const leastTtl = 60;

/** @param ageMs how long it waited already; what the clock cannot have given counts as nothing */
export function pushTreatment(priority: Priority, ageMs: number): PushTreatment {
  const { ttl, urgency } = treatments[priority];
  const age = Math.max(0, Math.floor(ageMs / 1000));
  return { urgency, ttl: Math.max(leastTtl, ttl - age) };
}
