import type { Alert, EvidenceKind, Sighting } from '../../../src/client/nightglass-client.ts';

/** One time that the person of an alert was seen: the alert's own, or a sighting. */
export interface Appearance extends Omit<Sighting, 'number' | 'still' | 'isEnhanced'> {
  readonly alert: Alert;
  /** Null of the alert's own. */
  readonly sighting: Sighting | null;
}

/** All times that the person was seen, oldest first. */
export function appearancesOf(alert: Alert): readonly Appearance[] {
  const own: Appearance = { ...alert, alert, sighting: null };
  const later = alert.sightings.map((sighting): Appearance => ({ ...sighting, alert, sighting }));
  return [own, ...later].sort((a, b) => a.capturedAt - b.capturedAt);
}

/** The last of them: who the row of a list is about. */
export function newestAppearance(alert: Alert): Appearance {
  return appearancesOf(alert).at(-1) as Appearance;
}

/** Under which name the alert keeps a picture of an appearance. */
export function pictureKind(
  { sighting }: Pick<Appearance, 'sighting'>,
  kind: 'frame' | 'face' | 'enhanced',
): EvidenceKind {
  return sighting === null ? kind : `sighting-${sighting.number}-${kind}`;
}

/** Order of a list, newest first: as the gateway has it. */
export function byNewestAppearance(a: Alert, b: Alert): number {
  return sightedAt(b) - sightedAt(a) || (a.id < b.id ? 1 : -1);
}

function sightedAt({ capturedAt, sightings }: Alert): number {
  return Math.max(capturedAt, sightings.at(-1)?.capturedAt ?? 0);
}

/** A row of the list: the alerts on one person of one watchlist. */
export interface PersonAlerts {
  /** The one seen last. */
  readonly head: Alert;
  /** All of them, the head first. */
  readonly alerts: readonly Alert[];
}

/** The alerts by person, in their order. */
export function byPerson(alerts: readonly Alert[]): readonly PersonAlerts[] {
  const people = new Map<string, { head: Alert; alerts: Alert[] }>();
  for (const alert of alerts) {
    const key = JSON.stringify([alert.watchlistId, alert.personId]);
    const known = people.get(key);
    if (known === undefined) people.set(key, { head: alert, alerts: [alert] });
    else known.alerts.push(alert);
  }
  return [...people.values()];
}
