import type { Receiver, ReceiverRules } from '../../../src/domain/outbox/receiver.ts';
import type { OutboxLimits, OutboxObserver } from '../../../src/services/outbox/outbox.ts';

export const openRules: ReceiverRules = {
  events: ['alert', 'sighting', 'review', 'camera'],
  watchlists: '*',
  cameras: '*',
  leastPriority: 'low',
  leastScore: null,
  schedule: null,
  quietHours: null,
};

/** A receiver that is sent everything, and shown nothing. */
export function makeReceiver(id: string, changes: Partial<Receiver> = {}): Receiver {
  return {
    ...{ id, by: 'webhook', host: 'example.org', language: 'en', rules: openRules },
    show: { names: false, scores: false, pictures: [] },
    ...changes,
  };
}

export const wideLimits: OutboxLimits = {
  maxWaiting: 1_000,
  maxBytes: 2 ** 20,
  maxDead: 1_000,
  giveUpAfter: 86_400_000,
  keepDead: 30 * 86_400_000,
};

/** Keeps what it is told, a line each. */
export function noteObserver(): { readonly lines: string[]; readonly observer: OutboxObserver } {
  const lines: string[] = [];
  const observer: OutboxObserver = {
    delivered: (id) => void lines.push(`delivered ${id}`),
    failed: (id) => void lines.push(`failed ${id}`),
    dead: (id, reason) => void lines.push(`dead ${id} ${reason}`),
    lost: (id, reason) => void lines.push(`lost ${id} ${reason}`),
    skipped: (id, reason) => void lines.push(`skipped ${id} ${reason}`),
  };
  return { lines, observer };
}
