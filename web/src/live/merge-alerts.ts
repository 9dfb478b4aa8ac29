import type { Alert } from '../../../src/client/nightglass-client.ts';
import { byNewestAppearance } from './appearances.ts';

/** Known alerts with fresh ones, each in its latest revision, the one seen last first. */
export function mergeAlerts(known: readonly Alert[], fresh: readonly Alert[]): readonly Alert[] {
  const byId = new Map(known.map((alert) => [alert.id, alert]));
  for (const alert of fresh) {
    const old = byId.get(alert.id);
    if (old === undefined || old.revision < alert.revision) byId.set(alert.id, alert);
    // An event may tell less than the list did of the same revision.
    else if (old.revision === alert.revision) byId.set(alert.id, { ...old, ...alert });
  }
  return [...byId.values()].sort(byNewestAppearance);
}
