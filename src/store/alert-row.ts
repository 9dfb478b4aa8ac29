import type { Alert } from '../domain/alert.ts';
import { noClip } from '../domain/clip.ts';

/** The alert of a row with a `body`; one that an older version wrote lacks what came later. */
export function alertOf(row: Record<string, unknown>): Alert {
  const alert: Alert = JSON.parse(String(row['body']));
  const { components = [], best = [], still = null, place = null, sightings = [] } = alert;
  const { lastSeenAt = alert.updatedAt, clip = noClip } = alert;
  const seen = sightings.map((sighting) => ({ ...sighting, clip: sighting.clip ?? noClip }));
  return { ...alert, components, best, still, place, sightings: seen, lastSeenAt, clip };
}
