import type { EvidenceKind } from './alert.ts';
import type { AlertEvent } from './alert-event.ts';
import { camerasOf } from './alert-filter.ts';
import { maySeeBiometrics, maySeeCamera, maySeeWatchlistId, type Principal } from './principal.ts';
import type { ShownAlert } from './review.ts';

/**
 * What a principal may see of an alert: the appearances before its own cameras. Where the first one
 * is not among them, the alert is what the first sighting says of it. Null where nothing is left.
 */
export function visibleTo(alert: ShownAlert, principal: Principal): ShownAlert | null {
  if (!maySeeBiometrics(principal) || !maySeeWatchlistId(principal, alert.watchlistId)) return null;
  if (camerasOf(alert).every((camera) => maySeeCamera(principal, camera))) return alert;
  const sightings = alert.sightings.filter(({ cameraId }) => maySeeCamera(principal, cameraId));
  if (maySeeCamera(principal, alert.cameraId)) return { ...alert, sightings };
  const [first, ...rest] = sightings;
  if (first === undefined) return null;
  const { number, isEnhanced, ...said } = first;
  return { ...alert, ...said, components: [], best: [], sightings: rest };
}

/** The event for a principal: what it is about may be all that the principal sees of the alert. */
export function visibleEvent(event: AlertEvent, principal: Principal): AlertEvent | null {
  const alert = visibleTo(event.alert, principal);
  if (alert === null || alert === event.alert || event.change !== 'sighted') {
    return alert && { ...event, alert };
  }
  const newest = event.alert.sightings.at(-1);
  if (newest === undefined || !maySeeCamera(principal, newest.cameraId)) {
    return { change: 'updated', alert };
  }
  const isFirst = alert.sightings.length === 0;
  return { change: isFirst ? 'created' : 'sighted', alert };
}

/** Under which name the alert keeps the picture that a principal asks for; null where it may not see it. */
export function visiblePicture(
  alert: ShownAlert,
  principal: Principal,
  kind: EvidenceKind,
): EvidenceKind | null {
  if (kind === 'enrolled') return kind;
  const [, number] = /^sighting-(\d+)-/.exec(kind) ?? [];
  const seen = (cameraId: string) => maySeeCamera(principal, cameraId);
  if (number !== undefined) {
    const sighting = alert.sightings.find((each) => each.number === Number(number));
    return sighting !== undefined && seen(sighting.cameraId) ? kind : null;
  }
  if (seen(alert.cameraId)) return kind;
  const first = alert.sightings.find(({ cameraId }) => seen(cameraId));
  if (first === undefined) return null;
  return kind === 'frame' || kind === 'face' || kind === 'enhanced'
    ? `sighting-${first.number}-${kind}`
    : null;
}

/** Which appearance's clip a principal sees under this number; null where it may not see it. */
export function visibleAppearance(
  alert: ShownAlert,
  principal: Principal,
  appearance: number,
): number | null {
  const seen = (cameraId: string) => maySeeCamera(principal, cameraId);
  if (appearance === 0 && seen(alert.cameraId)) return 0;
  const sighting = alert.sightings.find(({ cameraId, number }) =>
    appearance === 0 ? seen(cameraId) : number === appearance,
  );
  return sighting !== undefined && seen(sighting.cameraId) ? sighting.number : null;
}
