import { priorities } from '../../domain/outbox/notice.ts';
import type { Receiver, ReceiverRules } from '../../domain/outbox/receiver.ts';
import { maySeeBiometrics, type Principal } from '../../domain/principal.ts';
import { type PushDevice, pushReceiverPrefix } from '../../domain/push/push-device.ts';

/** What all devices may be sent at most. */
export interface PushRules {
  readonly rules: ReceiverRules;
  readonly names: boolean;
}

/**
 * A device as a receiver of the outbox: it is sent what the rules let through, its owner may see
 * now, and its owner wants there.
 */
export function pushReceiver(
  { id, host, language, leastPriority }: PushDevice,
  owner: Principal,
  { names, rules }: PushRules,
): Receiver {
  const events = maySeeBiometrics(owner)
    ? rules.events
    : rules.events.filter((event) => event === 'camera');
  return {
    id: pushReceiverPrefix + id,
    by: 'push',
    host,
    rules: {
      ...rules,
      events,
      cameras: both(rules.cameras, owner.cameras),
      watchlists: both(rules.watchlists, owner.watchlists),
      leastPriority: higher(rules.leastPriority, leastPriority),
    },
    show: { names, scores: false, pictures: [] },
    language,
  };
}

type Some = '*' | readonly string[];

function both(a: Some, b: Some): Some {
  if (a === '*') return b;
  return b === '*' ? a : a.filter((id) => b.includes(id));
}

function higher(
  a: ReceiverRules['leastPriority'],
  b: ReceiverRules['leastPriority'],
): ReceiverRules['leastPriority'] {
  return priorities.indexOf(a) >= priorities.indexOf(b) ? a : b;
}
