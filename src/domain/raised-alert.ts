import type { Alert, AlertEvidence, EvidenceChange, SightingEvidence, StillFace } from './alert.ts';
import { appearanceAt, type NewSighting } from './sightings.ts';

/**
 * What `raiseAlerts` needs of the alerts. Both changes are published by it once they are stored;
 * where the folder refuses they are kept in memory, published all the same, and written later.
 */
export interface AlertStore {
  /** @returns the alert as it now stands, `stored: false` where it is kept in memory */
  insert(alert: Alert, evidence: AlertEvidence): Alert;
  /**
   * The next revision; the pictures that `evidence` names replace the old.
   * @returns the alert as it now stands: what reviewers did meanwhile is kept
   * @throws NightglassError `NOT_FOUND` when it knows no such alert (any more)
   */
  update(alert: Alert, evidence: EvidenceChange | null): Alert;
  /**
   * Adds a sighting to an alert, or changes that of the same track; pictures that are named replace
   * the old.
   * @throws NightglassError `NOT_FOUND` when it knows no such alert (any more)
   */
  sight(
    alertId: string,
    sighting: NewSighting,
    evidence: SightingEvidence | null,
  ): { readonly alert: Alert; readonly isNew: boolean };
  /** The undecided alert on this person by this list that takes another sighting: the last seen, at any camera. */
  openAlert(watchlistId: string, personId: string): Alert | undefined;
  /** The last that was seen of this person by this list at this camera; for the quiet period. */
  lastSighting(watchlistId: string, personId: string, cameraId: string): LastSighting | undefined;
  /** Moves the time at which a camera last saw the person of an alert; no new revision. */
  seen(alertId: string, cameraId: string, at: number): void;
  /** Marks the face before a camera as still, unless it is or was; published as a new revision. */
  markStill(alertId: string, cameraId: string, still: StillFace): void;
}

/** The last that a camera saw of somebody. */
export interface LastSighting {
  readonly alertId: string;
  /** Capture wall time, milliseconds. */
  readonly at: number;
  readonly still: StillFace | null;
  /** Tracks that the alert has, of any camera. */
  readonly trackIds: readonly string[];
}

/** What an alert says of the person's last appearance at this camera. */
export function lastSightingOf(alert: Alert, cameraId: string): LastSighting | undefined {
  const appearance = appearanceAt(alert, cameraId);
  if (appearance === null) return undefined;
  const { lastSeenAt: at, still } = appearance === 'first' ? alert : appearance;
  const trackIds = [alert.trackId, ...alert.sightings.map(({ trackId }) => trackId)];
  return { alertId: alert.id, at, still, trackIds };
}

export interface RaisedAlert {
  readonly alert: Alert;
  /** `sighted`: somebody was seen again, and the alert has one sighting more. */
  readonly change: 'created' | 'updated' | 'sighted';
  /** The track that it came of: the alert's own, or that of a sighting. */
  readonly trackId: string;
  /** Null where the pictures are those that the store has already; else those that changed. */
  readonly evidence: EvidenceChange | null;
  /** Capture of the deciding keyframe on the monotonic clock, for the latency metric. */
  readonly capturedMonotonic: number;
  /** False when only the count of keyframes changed: an earlier frame is the deciding one. */
  readonly isNewlyDecided: boolean;
  /** `lists`: the watchlists changed while the person was in view; the capture is then no measure of delay. */
  readonly cause: 'keyframe' | 'lists';
}

/**
 * Whether an alert's pictured face has an AI-enhanced version, and why it has none: the face was
 * large enough, the manifest has no denoiser or super-resolver, or making it failed.
 */
export type Enhancement = 'made' | 'not_needed' | 'no_model' | 'failed';

/** An alert that says so; one of an older version does not. */
export interface DecidedAlert extends Alert {
  readonly enhancement: Enhancement;
}
