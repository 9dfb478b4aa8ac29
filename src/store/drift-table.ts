import { dayMs, driftBounds } from '../domain/bounds.ts';
import type { DayPart } from '../domain/drift/day-part.ts';
import { addTo, type DriftDay, emptyDriftDay } from '../domain/drift/drift-histogram.ts';
import type { DriftMeasure } from '../domain/drift/drift-measure.ts';
import type { Store } from './store.ts';

/** What was counted in a part of a day. */
export interface DriftCount extends DayPart {
  readonly cameraId: string;
  readonly measure: DriftMeasure;
  /** The embedding space that it depends on; empty where on none. */
  readonly model: string;
  /** By bin. */
  readonly counts: Uint32Array;
}

/** Which days are asked for. */
export interface DriftSpan {
  readonly cameraId: string;
  readonly measure: DriftMeasure;
  readonly model: string;
  /** Both included. */
  readonly from: number;
  readonly to: number;
}

/** From when on a camera is compared, by the word of an operator. */
export interface DriftReference {
  /** Days since 1 January 1970. */
  readonly from: number;
  /** Wall time, milliseconds. */
  readonly at: number;
  readonly by: string;
  readonly note: string;
}

/** The table of what cameras' pictures are like: histograms by camera, measure and day. */
export class DriftTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds counts, in one transaction. @throws NightglassError `STORE_UNWRITABLE` */
  add(counted: readonly DriftCount[]): void {
    this.#store.write(() => {
      for (const { cameraId, measure, model, day, part, counts } of counted) {
        const [present] = this.days({ cameraId, measure, model, from: day, to: day });
        const parts = present?.parts ?? emptyDriftDay();
        const place = parts[part];
        if (place === undefined) continue;
        addTo(place, counts);
        this.#store
          .prepare(
            `INSERT INTO camera_drift VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (camera_id, measure, model, day) DO UPDATE SET counts = excluded.counts`,
          )
          .run(cameraId, measure, model, day, written(parts));
      }
    });
  }

  /** Days of a measure that have counts, rising. */
  days({ cameraId, measure, model, from, to }: DriftSpan): DriftDay[] {
    return this.#store
      .prepare(
        `SELECT day, counts FROM camera_drift
         WHERE camera_id = ? AND measure = ? AND model = ? AND day >= ? AND day <= ?
         ORDER BY day`,
      )
      .all(cameraId, measure, model, from, to)
      .map((row) => ({ day: Number(row['day']), parts: read(String(row['counts'])) }));
  }

  reference(cameraId: string): DriftReference | null {
    const row = this.#store
      .prepare(
        'SELECT from_day, set_at, set_by, note FROM camera_drift_references WHERE camera_id = ?',
      )
      .get(cameraId);
    if (row === undefined) return null;
    return {
      from: Number(row['from_day']),
      at: Number(row['set_at']),
      by: String(row['set_by']),
      note: String(row['note']),
    };
  }

  /** Within a transaction. */
  putReference(cameraId: string, { from, at, by, note }: DriftReference): void {
    this.#store
      .prepare(
        `INSERT INTO camera_drift_references VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (camera_id) DO UPDATE SET from_day = excluded.from_day,
           set_at = excluded.set_at, set_by = excluded.set_by, note = excluded.note`,
      )
      .run(cameraId, from, at, by, note);
  }

  /** Deletes what is older than is kept. A retention task. */
  purgeOld(now: number): number {
    const before = Math.floor(now / dayMs) - driftBounds.keptDays;
    return this.#store.write(() => {
      const counts = this.#store.prepare('DELETE FROM camera_drift WHERE day < ?').run(before);
      const references = this.#store
        .prepare('DELETE FROM camera_drift_references WHERE from_day < ?')
        .run(before);
      return Number(counts.changes) + Number(references.changes);
    });
  }
}

/** Bins that are not empty, for each part of the day: `[bin, count, bin, count]`. */
function written(parts: readonly Uint32Array[]): string {
  return JSON.stringify(
    parts.map((counts) => [...counts].flatMap((count, bin) => (count === 0 ? [] : [bin, count]))),
  );
}

function read(text: string): Uint32Array[] {
  const parts = emptyDriftDay();
  for (const [part, sparse] of (JSON.parse(text) as number[][]).entries()) {
    const counts = parts[part];
    if (counts === undefined) continue;
    for (let at = 0; at + 1 < sparse.length; at += 2) counts[sparse[at] ?? 0] = sparse[at + 1] ?? 0;
  }
  return parts;
}
