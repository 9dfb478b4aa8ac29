import type { Alert, AlertEvidence } from '../alerts/alert.ts';

/** What `raiseAlerts` needs of the store. */
export interface AlertStore {
  /** Stores a new alert with its pictures. @throws NightglassError `STORE_UNWRITABLE` */
  insert(alert: Alert, evidence: AlertEvidence): void;
  /** Stores the next revision; new pictures replace the old. @throws NightglassError `STORE_UNWRITABLE` */
  update(alert: Alert, evidence: AlertEvidence | null): void;
  /** When this person was last alerted by this list at this camera, wall milliseconds; for the quiet period. */
  lastAlertAt(watchlistId: string, personId: string, cameraId: string): number | undefined;
}

export interface RaisedAlert {
  readonly alert: Alert;
  readonly change: 'created' | 'updated';
  readonly evidence: AlertEvidence;
  /** Capture of the deciding keyframe on the monotonic clock, for the latency metric. */
  readonly capturedMonotonic: number;
}
