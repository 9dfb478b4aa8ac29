import { normal, type Random } from '../../demo/media/random.ts';
import { partsOfDay } from '../../src/domain/drift/day-part.ts';
import { type DriftDay, emptyDriftDay } from '../../src/domain/drift/drift-histogram.ts';
import {
  type DriftMeasure,
  driftBins,
  driftMeasure,
} from '../../src/domain/drift/drift-measure.ts';

/** A lasting shift of a measure, share of its range. */
export interface SimulatedShift {
  readonly measure: DriftMeasure;
  readonly day: number;
  readonly by: number;
}

/** Measures that night and season shift, by this share of the range at most. */
const nightEffect: Partial<Record<DriftMeasure, number>> = {
  ...{ sharpness: 0.08, noise: 0.15, underExposure: 0.2, overExposure: 0.08, quality: 0.1 },
  ...{ recognisability: 0.1, brightness: 0.35, strangerScore: 0.04, confirmedScore: 0.06 },
};
/** What is counted of a part of the day at most: more would change no median. */
const mostOfPart = 150;
const minutesOfPart = 180;
/** Shares of a day's people by part. */
const traffic = [0.01, 0.02, 0.16, 0.2, 0.22, 0.22, 0.13, 0.04];
/** Persons between confirmed alerts. */
const personsPerAlert = 60;

/**
 * A camera for a number of days, each measure with: levels by part of the day, of which those of
 * light follow day and night through the seasons at 50 degrees of latitude; levels by weekday;
 * days that vary and hold on (autoregressive, 0.4); 3 in 100 days far off; two weeks of holidays a
 * year with a third of the people and another level; 40 to 4,000 faces a day, a part of them at
 * weekends. The figures are assumptions, no measurement of sites.
 */
export function* simulateCamera(
  random: Random,
  days: number,
  shift: SimulatedShift | null,
  measures: readonly DriftMeasure[],
): Generator<readonly [DriftMeasure, DriftDay[]]> {
  const gauss = normal(random);
  const between = (least: number, most: number) => least + random() * (most - least);
  const facesADay = 40 * 100 ** random();
  const weekend = between(0.2, 1.1);
  const start = Math.floor(random() * 365);
  const holidays = Array.from({ length: Math.ceil((days / 365) * 2) }, () => {
    return Math.floor(random() * days);
  });
  const isHoliday = (day: number) => holidays.some((from) => day >= from && day < from + 7);
  const people = (day: number, part: number) =>
    facesADay *
    (traffic[part] ?? 0) *
    ((day + start) % 7 < 2 ? weekend : 1) *
    (isHoliday(day) ? 0.33 : 1);
  for (const measure of measures) {
    const { of, isRare } = driftMeasure(measure);
    const base = between(0.3, 0.65);
    const night = (nightEffect[measure] ?? 0) * between(-1, 1);
    const ofPart = Array.from({ length: partsOfDay }, () => 0.02 * gauss());
    const ofWeekday = Array.from({ length: 7 }, (_, at) => 0.01 * gauss() * (at < 2 ? 2 : 1));
    const holiday = 0.02 * gauss();
    const spread = between(0.06, 0.14);
    const varies = between(0.008, 0.025);
    let held = 0;
    const all: DriftDay[] = [];
    for (let day = 0; day < days; day += 1) {
      held = 0.4 * held + varies * Math.sqrt(1 - 0.4 ** 2) * gauss();
      const odd = random() < 0.03 ? 0.12 * gauss() : 0;
      const moved = shift?.measure === measure && day >= shift.day ? shift.by : 0;
      const level =
        base +
        held +
        odd +
        moved +
        (ofWeekday[(day + start) % 7] ?? 0) +
        (isHoliday(day) ? holiday : 0);
      const parts = emptyDriftDay();
      for (const [part, counts] of parts.entries()) {
        const expected = people(day, part) / (isRare ? personsPerAlert : of === 'person' ? 4 : 1);
        const count =
          of === 'minute' ? minutesOfPart : Math.min(mostOfPart, poisson(random, gauss, expected));
        const middle = level + (ofPart[part] ?? 0) + night * darkness(day + start, part);
        for (let each = 0; each < count; each += 1) {
          const bin = Math.floor((middle + spread * gauss()) * driftBins);
          const place = Math.min(driftBins - 1, Math.max(0, bin));
          counts[place] = (counts[place] ?? 0) + 1;
        }
      }
      all.push({ day, parts });
    }
    yield [measure, all];
  }
}

/** How dark it is in the middle of a part of the day, 0 to 1. */
function darkness(day: number, part: number): number {
  const latitude = (50 * Math.PI) / 180;
  const tilt = ((-23.44 * Math.PI) / 180) * Math.cos((2 * Math.PI * (day + 10)) / 365);
  const hour = ((part + 0.5) * 24) / partsOfDay;
  const turned = ((hour - 12) / 12) * Math.PI;
  const height =
    Math.sin(latitude) * Math.sin(tilt) + Math.cos(latitude) * Math.cos(tilt) * Math.cos(turned);
  return 1 / (1 + Math.exp(height * 15));
}

function poisson(random: Random, gauss: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
