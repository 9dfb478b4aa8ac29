import { map } from 'rxjs';
import {
  type Alert,
  type AlertEvidence,
  type EvidenceChange,
  evidenceOfSighting,
  type SightingEvidence,
  type StillFace,
} from '../../src/domain/alert.ts';
import { NightglassError } from '../../src/domain/errors.ts';
import type { ListMatch, MatchEvent, MatchedTemplate } from '../../src/domain/match.ts';
import {
  type AlertStore,
  type LastSighting,
  lastSightingOf,
  type RaisedAlert,
} from '../../src/domain/raised-alert.ts';
import {
  lastSeenAnywhere,
  type NewSighting,
  seenAt,
  takesSightings,
  withSighting,
  withStill,
} from '../../src/domain/sightings.ts';
import { type RaiseAlertsOptions, raiseAlerts } from '../../src/operators/raise-alerts.ts';
import type { MarbleWorld } from './marbles.ts';
import { trackTemplate } from './marbles-faces.ts';

/** A store in memory, with or without a disk behind it. */
export class MemoryStore implements AlertStore {
  readonly alerts = new Map<string, { alert: Alert; evidence: AlertEvidence }>();
  readonly log: string[] = [];
  /** False: what is handed over is kept in memory alone. */
  hasDisk = true;

  insert(given: Alert, evidence: AlertEvidence): Alert {
    const alert = { ...given, stored: this.hasDisk };
    this.log.push(`insert ${alert.id} r${alert.revision}`);
    this.alerts.set(alert.id, { alert, evidence });
    return alert;
  }

  update(alert: Alert, evidence: EvidenceChange | null): Alert {
    const known = this.alerts.get(alert.id);
    if (!known) throw new NightglassError('NOT_FOUND', `Cannot update ${alert.id}: unknown`);
    this.log.push(
      `update ${alert.id} r${alert.revision}${evidence ? ` with ${evidence.frame ? 'pictures' : 'best'}` : ''}`,
    );
    const merged = { ...alert, state: known.alert.state, stored: this.hasDisk };
    this.alerts.set(alert.id, { alert: merged, evidence: { ...known.evidence, ...evidence } });
    return merged;
  }

  lastSighting(watchlistId: string, personId: string, cameraId: string): LastSighting | undefined {
    return this.#of(watchlistId, personId)
      .map((alert) => lastSightingOf(alert, cameraId))
      .filter((sighting) => sighting !== undefined)
      .sort((a, b) => b.at - a.at)[0];
  }

  sight(alertId: string, given: NewSighting, evidence: SightingEvidence | null) {
    const known = this.alerts.get(alertId);
    if (!known) throw new NightglassError('NOT_FOUND', `Cannot sight ${alertId}: unknown`);
    const { alert: sighted, isNew, sighting } = withSighting(known.alert, given);
    const alert = { ...sighted, revision: sighted.revision + 1 };
    this.log.push(`sight ${alertId} ${sighting.number} by ${given.trackId}`);
    const pictures = evidence && evidenceOfSighting(sighting.number, evidence);
    this.alerts.set(alertId, { alert, evidence: { ...known.evidence, ...pictures } });
    return { alert, isNew };
  }

  openAlert(watchlistId: string, personId: string): Alert | undefined {
    return this.#of(watchlistId, personId)
      .filter(takesSightings)
      .sort((a, b) => lastSeenAnywhere(b) - lastSeenAnywhere(a))[0];
  }

  seen(alertId: string, cameraId: string, at: number): void {
    this.#change(alertId, (alert) => seenAt(alert, cameraId, at));
  }

  markStill(alertId: string, cameraId: string, still: StillFace): void {
    this.log.push(`still ${alertId}`);
    this.#change(alertId, (alert) => withStill(alert, cameraId, still) ?? alert);
  }

  #of(watchlistId: string, personId: string): Alert[] {
    return [...this.alerts.values()]
      .map(({ alert }) => alert)
      .filter((alert) => alert.watchlistId === watchlistId && alert.personId === personId);
  }

  #change(alertId: string, change: (alert: Alert) => Alert): void {
    const known = this.alerts.get(alertId);
    if (known) this.alerts.set(alertId, { ...known, alert: change(known.alert) });
  }
}

/** The operator before a store in memory, with what it reported. */
export function setUp(world: MarbleWorld, changes: Partial<RaiseAlertsOptions> = {}) {
  const store = new MemoryStore();
  const faults: unknown[] = [];
  let ids = 0;
  const options: RaiseAlertsOptions = {
    store,
    clock: world.clock,
    newId: () => `id${ids++}`,
    modelStamps: [{ name: 'test', task: 'embed', sha256: 'ab' }],
    configHash: 'hash',
    codec: { encodeJpeg: ({ width }) => world.later(0, jpegOf(width)) },
    enrolledImage: () => world.later(0, Uint8Array.of(7)),
    onError: (error) => faults.push(error),
    ...changes,
  };
  return { store, faults, options, operator: raiseAlerts(options) };
}

/** As much of a JPEG as code that looks at heads alone needs, and no two alike. */
export const jpegOf = (width: number): Uint8Array => Uint8Array.of(0xff, 0xd8, width);

/** A track's template that has these matches. */
export const matchedBy = (
  trackId: string,
  matches: readonly ListMatch[],
  keyframes = 1,
): MatchedTemplate => ({
  kind: 'matched',
  cause: 'keyframe',
  template: trackTemplate(trackId, { keyframes }),
  matches,
});

/** Sends one item a millisecond and returns what was raised. */
export function raise(
  world: MarbleWorld,
  operator: ReturnType<typeof raiseAlerts>,
  items: readonly MatchEvent[],
  gap = '',
): RaisedAlert[] {
  const raised: RaisedAlert[] = [];
  const marbles = items.map((_, index) => index).join(gap);
  world
    .cold(`${marbles}|`)
    .pipe(
      map((index) => items[Number(index)] as MatchEvent),
      operator,
    )
    .subscribe((alert) => raised.push(alert));
  world.flush();
  return raised;
}
