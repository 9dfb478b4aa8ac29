import { dayPart } from '../../../src/domain/drift/day-part.ts';
import { emptyHistogram } from '../../../src/domain/drift/drift-histogram.ts';
import { type DriftMeasure, driftBin } from '../../../src/domain/drift/drift-measure.ts';
import type { DriftCount, DriftTable } from '../../../src/store/drift-table.ts';

export interface LevelsOfDays {
  readonly cameraId: string;
  readonly measure: DriftMeasure;
  readonly model?: string;
  /** The day after the last one, wall time, milliseconds. */
  readonly end: number;
  /** The middle of each day, in the measure's unit. */
  readonly levels: readonly number[];
  /** Width of what is about it, in the measure's unit. */
  readonly spread: number;
}

/** Stores days of a measure, sixty values by day and sixty by night about the level of each. */
export function putDriftDays(table: DriftTable, days: LevelsOfDays): void {
  const { cameraId, end, levels, measure, model = '', spread } = days;
  const { day: after } = dayPart(end);
  const counted = levels.flatMap((level, at): DriftCount[] => {
    const day = after - levels.length + at;
    const counts = emptyHistogram();
    for (let each = 0; each < 60; each += 1) {
      const value = level + spread * Math.sin(each) + 0.02 * spread * Math.sin(at * 5);
      const bin = driftBin(measure, value);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return [4, 7].map((part) => ({ cameraId, measure, model, day, part, counts }));
  });
  table.add(counted);
}
