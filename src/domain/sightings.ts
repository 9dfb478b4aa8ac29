import {
  type Alert,
  evidenceOfSighting,
  maxSightings,
  type Sighting,
  type SightingEvidence,
  type StillFace,
} from './alert.ts';
import { type AlertClip, laterClip } from './clip.ts';

/** A sighting before its alert has numbered it. */
export type NewSighting = Omit<Sighting, 'number' | 'still'>;

/** Capture of the newest appearance, wall milliseconds: lists go by it. */
export function sightedAt(alert: Pick<Alert, 'capturedAt' | 'sightings'>): number {
  return Math.max(alert.capturedAt, alert.sightings.at(-1)?.capturedAt ?? 0);
}

/** When the person of an alert was last in view of any camera, wall milliseconds. */
export function lastSeenAnywhere({ lastSeenAt, sightings }: Alert): number {
  return Math.max(lastSeenAt, ...sightings.map((sighting) => sighting.lastSeenAt));
}

/** The latest appearance at a camera: a sighting, `first` for the alert's own, null where there is none. */
export function appearanceAt(alert: Alert, cameraId: string): Sighting | 'first' | null {
  const sighting = alert.sightings.findLast((each) => each.cameraId === cameraId);
  return sighting ?? (alert.cameraId === cameraId ? 'first' : null);
}

/** True while another appearance joins the alert: nobody has decided, and it is not full. */
export function takesSightings({ state, sightings }: Alert): boolean {
  return state !== 'confirmed' && state !== 'dismissed' && sightings.length < maxSightings;
}

/** The alert with a sighting: that of the same track as it now is, or one more. */
export function withSighting(
  alert: Alert,
  given: NewSighting,
): { readonly alert: Alert; readonly sighting: Sighting; readonly isNew: boolean } {
  const { sightings } = alert;
  const known = sightings.find(({ trackId }) => trackId === given.trackId);
  if (known === undefined) {
    const sighting = { ...given, number: sightings.length + 1, still: null };
    return { alert: { ...alert, sightings: [...sightings, sighting] }, sighting, isNew: true };
  }
  const { number, still, clip } = known;
  const lastSeenAt = Math.max(known.lastSeenAt, given.lastSeenAt);
  const sighting = { ...given, number, still, clip, lastSeenAt };
  return { alert: replaced(alert, sighting), sighting, isNew: false };
}

/** The next revision of an alert with a sighting, and its pictures as those of the alert. */
export function sightedRevision(
  present: Alert,
  given: NewSighting,
  pictures: SightingEvidence | null,
  now: number,
) {
  const { alert, sighting, isNew } = withSighting(present, given);
  return {
    alert: { ...alert, revision: alert.revision + 1, updatedAt: now },
    evidence: pictures && evidenceOfSighting(sighting.number, pictures),
    change: isNew ? ('sighted' as const) : ('updated' as const),
  };
}

/** The alert whose person was in view of this camera at this time. */
export function seenAt(alert: Alert, cameraId: string, at: number): Alert {
  const appearance = appearanceAt(alert, cameraId);
  if (appearance === null) return alert;
  if (appearance === 'first') return { ...alert, lastSeenAt: Math.max(alert.lastSeenAt, at) };
  return replaced(alert, { ...appearance, lastSeenAt: Math.max(appearance.lastSeenAt, at) });
}

/** The alert with the mark of a still face at its camera; null where that is or was marked. */
export function withStill(alert: Alert, cameraId: string, still: StillFace): Alert | null {
  const appearance = appearanceAt(alert, cameraId);
  if (appearance === null) return null;
  if (appearance === 'first') return alert.still === null ? { ...alert, still } : null;
  return appearance.still === null ? replaced(alert, { ...appearance, still }) : null;
}

/** The alert with the marks of still faces before these cameras lifted; null where it has none. */
export function withoutStill(
  alert: Alert,
  lifted: Pick<StillFace, 'liftedAt' | 'liftedBy'>,
  cameras: '*' | readonly string[],
): Alert | null {
  const isMarked = ({ still, cameraId }: Pick<Alert, 'still' | 'cameraId'>) =>
    still !== null && still.liftedAt === null && (cameras === '*' || cameras.includes(cameraId));
  const lift = <T extends Pick<Alert, 'still' | 'cameraId'>>(of: T): T =>
    isMarked(of) && of.still !== null ? { ...of, still: { ...of.still, ...lifted } } : of;
  if (!isMarked(alert) && !alert.sightings.some(isMarked)) return null;
  return { ...lift(alert), sightings: alert.sightings.map(lift) };
}

/** Sightings of two versions of an alert together: of each the one that knows more. */
export function joinSightings(
  present: readonly Sighting[],
  given: readonly Sighting[],
): readonly Sighting[] {
  const longest = present.length >= given.length ? present : given;
  return longest.map((_, at) => later(present[at], given[at]));
}

function later(a: Sighting | undefined, b: Sighting | undefined): Sighting {
  if (a === undefined || b === undefined) return (a ?? b) as Sighting;
  const newer = b.keyframes >= a.keyframes ? b : a;
  const lastSeenAt = Math.max(a.lastSeenAt, b.lastSeenAt);
  return {
    ...newer,
    lastSeenAt,
    still: laterMark(a.still, b.still),
    clip: laterClip(a.clip, b.clip),
  };
}

/** A mark is set once and lifted once: what was done last stands. */
export function laterMark(present: StillFace | null, given: StillFace | null): StillFace | null {
  return present === null || given?.liftedAt != null ? (given ?? present) : present;
}

/**
 * The next revision of an alert with the clip of an appearance; null where it has no such appearance
 * that waits for one.
 */
export function withClip(alert: Alert, appearance: number, clip: AlertClip): Alert | null {
  const { revision, clipRevisions: before } = alert;
  const from = before?.through === revision ? before.from : revision;
  const next = { revision: revision + 1, clipRevisions: { from, through: revision + 1 } };
  if (appearance === 0) return alert.clip.state === 'pending' ? { ...alert, ...next, clip } : null;
  const sighting = alert.sightings.find(({ number }) => number === appearance);
  if (sighting?.clip.state !== 'pending') return null;
  return { ...replaced(alert, { ...sighting, clip }), ...next };
}

/** True where a reviewer who saw that revision has seen all that is judged: a clip may have come since. */
export function isJudgedAlike({ revision, clipRevisions }: Alert, seen: number): boolean {
  if (seen === revision) return true;
  const { from, through } = clipRevisions ?? { from: revision, through: revision };
  return through === revision && seen >= from && seen < revision;
}

function replaced(alert: Alert, sighting: Sighting): Alert {
  const sightings = alert.sightings.map((each) =>
    each.number === sighting.number ? sighting : each,
  );
  return { ...alert, sightings };
}
