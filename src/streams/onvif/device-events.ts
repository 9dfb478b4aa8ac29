import { onvifBounds } from '../../domain/bounds.ts';
import type { DeviceEvent, DeviceEventKind } from '../../domain/onvif.ts';
import { at, listOf, text, truth } from './plain-values.ts';

/**
 * What topics of ONVIF mean (imaging 5.1, analytics 5.2 and A, and what makers add): rules for
 * motion have it in their name, and tampering is what covers, turns or blurs a camera.
 */
const topics: readonly (readonly [RegExp, DeviceEventKind])[] = [
  [/tamper|globalscenechange|imagetooblurry/i, 'tamper'],
  [/motion/i, 'motion'],
];

/** Motion and tampering in an answer to PullMessages; whatever else a device tells is left out. */
export function eventsIn(answer: unknown): DeviceEvent[] {
  return listOf(at(answer, 'notificationMessage'))
    .slice(0, onvifBounds.eventsAtOnce)
    .flatMap((notification) => {
      const topic = text(at(notification, 'topic'), 200);
      const kind = topics.find(([pattern]) => pattern.test(topic ?? ''))?.[1];
      const message = at(notification, 'message', 'message');
      const active = activeOf(message);
      if (topic === null || kind === undefined || active === null) return [];
      const sources = listOf(at(message, 'source', 'simpleItem')).slice(0, 4);
      const names = sources.map((item) => text(at(item, '$', 'Value'), 64) ?? '');
      return [{ kind, source: [topic, ...names].join(' '), active }];
    });
}

/** Devices name the value `State`, `IsMotion`, `IsTamper` and otherwise; it is the one that is true or false. */
function activeOf(message: unknown): boolean | null {
  if (text(at(message, '$', 'PropertyOperation')) === 'Deleted') return false;
  for (const item of listOf(at(message, 'data', 'simpleItem')).slice(0, 8)) {
    const value = truth(at(item, '$', 'Value'));
    if (value !== null) return value;
  }
  return null;
}
