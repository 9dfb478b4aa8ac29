import { z } from 'zod';
import { type Gathered, nothingGathered } from '../domain/assessment/gathered.ts';
import type { Store } from './store.ts';

/** An assessment of a camera. */
export interface AssessmentRun {
  readonly cameraId: string;
  /** Wall times, milliseconds. */
  readonly startedAt: number;
  /** When it ends by itself. */
  readonly endsAt: number;
  /** When it was over; null while it runs. */
  readonly stoppedAt: number | null;
  readonly gathered: Gathered;
}

/** The table of assessments: the newest one of each camera. */
export class AssessmentTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(cameraId: string): AssessmentRun | undefined {
    const row = this.#store.prepare('SELECT * FROM assessments WHERE camera_id = ?').get(cameraId);
    return row === undefined ? undefined : toRun(row);
  }

  running(): AssessmentRun[] {
    return this.#store
      .prepare('SELECT * FROM assessments WHERE stopped_at IS NULL')
      .all()
      .map(toRun);
  }

  /** In the place of the one before. Within a transaction. */
  put({ cameraId, startedAt, endsAt, stoppedAt, gathered }: AssessmentRun): void {
    this.#store
      .prepare(`INSERT INTO assessments VALUES (?, ?, ?, ?, ?) ON CONFLICT (camera_id) DO UPDATE
         SET started_at = excluded.started_at, ends_at = excluded.ends_at,
           stopped_at = excluded.stopped_at, gathered = excluded.gathered`)
      .run(cameraId, startedAt, endsAt, stoppedAt, JSON.stringify(gathered));
  }

  /** Deletes what ended before a time. A retention task. */
  purge(before: number): number {
    const { changes } = this.#store.write(() =>
      this.#store.prepare('DELETE FROM assessments WHERE stopped_at < ?').run(before),
    );
    return Number(changes);
  }
}

const counts = z.array(z.number());
const stored = z.object({
  seconds: z.number(),
  frames: z.number(),
  faces: z.number(),
  tracks: z.number(),
  usable: z.number(),
  pooled: z.number(),
  unusable: z.record(z.string(), z.number()),
  counts: z.record(z.string(), counts),
  causes: z.record(z.string(), z.object({ tracks: z.number(), seen: counts, effective: counts })),
});

function toRun(row: Record<string, unknown>): AssessmentRun {
  return {
    cameraId: String(row['camera_id']),
    startedAt: Number(row['started_at']),
    endsAt: Number(row['ends_at']),
    stoppedAt: row['stopped_at'] === null ? null : Number(row['stopped_at']),
    gathered: toGathered(String(row['gathered'])),
  };
}

/** Counts of a version with other bins or causes start from nothing. */
function toGathered(text: string): Gathered {
  const empty = nothingGathered();
  const read = stored.safeParse(JSON.parse(text));
  if (!read.success) return empty;
  const shapeOf = ({ counts, causes }: Pick<Gathered, 'counts' | 'causes'>) =>
    JSON.stringify([
      Object.entries(counts).map(([name, bins]) => [name, bins.length]),
      Object.entries(causes).map(([name, { seen }]) => [name, seen.length]),
    ]);
  const gathered = read.data as Gathered;
  return shapeOf(gathered) === shapeOf(empty) ? gathered : empty;
}
