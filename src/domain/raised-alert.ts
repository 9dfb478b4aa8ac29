import type { Alert, AlertEvidence, EvidenceChange, StillFace } from './alert.ts';

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
  /** The last that was seen of this person by this list at this camera; for the quiet period. */
  lastSighting(watchlistId: string, personId: string, cameraId: string): LastSighting | undefined;
  /** Moves the time at which the person of an alert was last seen; no new revision. */
  seen(alertId: string, at: number): void;
  /** Marks the face of an alert as still, unless it is or was; published as a new revision. */
  markStill(alertId: string, still: StillFace): void;
}

/** An alert's last sighting. */
export interface LastSighting {
  readonly alertId: string;
  /** Capture wall time, milliseconds. */
  readonly at: number;
  readonly still: StillFace | null;
}

export interface RaisedAlert {
  readonly alert: Alert;
  readonly change: 'created' | 'updated';
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
