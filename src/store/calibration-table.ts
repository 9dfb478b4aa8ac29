import type { Store } from './store.ts';

/** The counting of a camera's strangers, as somebody last started or stopped it. */
export interface CalibrationRun {
  /** Wall time, milliseconds; null where it was only stopped. */
  readonly startedAt: number | null;
  /** Null while it counts. */
  readonly stoppedAt: number | null;
}

/** The table of calibrations: a row a camera of which somebody started or stopped the counting. */
export class CalibrationTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Undefined where nobody ever started one: the camera counts since it is there. */
  find(cameraId: string): CalibrationRun | undefined {
    const row = this.#store
      .prepare('SELECT started_at, stopped_at FROM calibrations WHERE camera_id = ?')
      .get(cameraId);
    if (row === undefined) return undefined;
    const [startedAt, stoppedAt] = ['started_at', 'stopped_at'].map((name) =>
      row[name] === null ? null : Number(row[name]),
    ) as [number | null, number | null];
    return { startedAt, stoppedAt };
  }

  /** Cameras whose strangers are not counted now. */
  stopped(): ReadonlySet<string> {
    const rows = this.#store
      .prepare('SELECT camera_id FROM calibrations WHERE stopped_at IS NOT NULL')
      .all();
    return new Set(rows.map((row) => String(row['camera_id'])));
  }

  /** Counts from nothing: what was counted of the camera is deleted. Within a transaction. */
  start(cameraId: string, at: number): void {
    this.#store.prepare('DELETE FROM stranger_scores WHERE camera_id = ?').run(cameraId);
    this.#store
      .prepare(
        `INSERT INTO calibrations VALUES (?1, ?2, NULL)
         ON CONFLICT (camera_id) DO UPDATE SET started_at = ?2, stopped_at = NULL`,
      )
      .run(cameraId, at);
  }

  /** Counts no further; what was counted stays. Within a transaction. */
  stop(cameraId: string, at: number): void {
    this.#store
      .prepare(
        `INSERT INTO calibrations VALUES (?1, NULL, ?2)
         ON CONFLICT (camera_id)
         DO UPDATE SET stopped_at = coalesce(calibrations.stopped_at, ?2)`,
      )
      .run(cameraId, at);
  }
}
