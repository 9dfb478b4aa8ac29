import { mulberry32 } from '../../demo/media/random.ts';
import {
  type DriftMeasure,
  driftMeasure,
  driftMeasures,
} from '../../src/domain/drift/drift-measure.ts';
import { type ChangeRules, changeRules, findChange } from '../../src/domain/drift/find-change.ts';
import { halfDays, halvesOf } from '../../src/domain/drift/half-day.ts';
import { medianOf } from '../../src/domain/drift/usual-days.ts';
import { atOnce } from '../../src/services/in-turns.ts';
import { type SimulatedShift, simulateCamera } from './simulated-camera.ts';

/** What was found on cameras that did not change. */
export interface FalseAlarms {
  readonly cameraYears: number;
  readonly byMeasure: ReadonlyMap<DriftMeasure, number>;
  /** Findings for the worse, which Prometheus tells of. */
  readonly worse: number;
  readonly total: number;
  /** Cameras with none. */
  readonly without: number;
  readonly withoutWorse: number;
}

export function falseAlarms(
  cameras: number,
  seed: number,
  rules: ChangeRules = changeRules,
): FalseAlarms {
  const days = 365;
  const byMeasure = new Map(driftMeasures.map((measure) => [measure, 0]));
  let [total, worse, without, withoutWorse] = [0, 0, 0, 0];
  for (let camera = 0; camera < cameras; camera += 1) {
    const random = mulberry32(seed + camera);
    let [own, ownWorse] = [0, 0];
    for (const [measure, history] of simulateCamera(random, days, null, driftMeasures)) {
      for (const half of halvesOf(measure)) {
        const { found } = atOnce(
          findChange(halfDays(measure, half, history), driftMeasure(measure).least, rules),
        );
        own += found.length;
        byMeasure.set(measure, (byMeasure.get(measure) ?? 0) + found.length);
        ownWorse += found.filter(({ direction }) =>
          driftMeasure(measure).worse.some((way) => way === direction),
        ).length;
      }
    }
    total += own;
    worse += ownWorse;
    if (own === 0) without += 1;
    if (ownWorse === 0) withoutWorse += 1;
  }
  return { cameraYears: (cameras * days) / 365, byMeasure, total, worse, without, withoutWorse };
}

/** How soon a shift was found. */
export interface Delays {
  readonly cameras: number;
  /** Found within four weeks. */
  readonly found: number;
  /** Days that had to be over since the shift, of those found: the middle, and 9 of 10. */
  readonly median: number | null;
  readonly ninth: number | null;
  /** Found ones whose first day is right to a day. */
  readonly dated: number;
}

const shiftDay = 70;
const watchedDays = 28;

export function delays(
  shift: Omit<SimulatedShift, 'day'>,
  cameras: number,
  seed: number,
  rules: ChangeRules = changeRules,
): Delays {
  const { measure } = shift;
  const after: number[] = [];
  let dated = 0;
  for (let camera = 0; camera < cameras; camera += 1) {
    const random = mulberry32(seed + camera);
    const moved = { ...shift, day: shiftDay };
    for (const [, history] of simulateCamera(random, shiftDay + watchedDays, moved, [measure])) {
      const direction = shift.by < 0 ? 'down' : 'up';
      const [first] = halvesOf(measure)
        .flatMap(
          (half) =>
            atOnce(findChange(halfDays(measure, half, history), driftMeasure(measure).least, rules))
              .found,
        )
        .filter((each) => each.direction === direction && each.foundOn >= shiftDay)
        .toSorted((a, b) => a.foundOn - b.foundOn);
      if (first === undefined) continue;
      after.push(first.foundOn - shiftDay + 1);
      if (Math.abs(first.since - shiftDay) <= 1) dated += 1;
    }
  }
  const sorted = after.toSorted((a, b) => a - b);
  return {
    cameras,
    found: after.length,
    median: medianOf(after),
    ninth: sorted[Math.ceil(0.9 * sorted.length) - 1] ?? null,
    dated,
  };
}
