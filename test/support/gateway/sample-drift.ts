import { dayOfText } from '../../../src/domain/drift/day-part.ts';
import { driftMeasures } from '../../../src/domain/drift/drift-measure.ts';
import type { DriftReport } from '../../../src/services/cameras/drift-watch.ts';

const tuesday = dayOfText('2026-11-24');

/** A camera that is blurred since a Tuesday. */
export const sampleDrift: DriftReport = {
  cameraId: 'gate',
  judgedTo: tuesday + 3,
  reference: { from: tuesday - 90, at: 1_700_000_000_000, by: 'desk', note: 'another lens' },
  changes: [
    {
      ...{ measure: 'sharpness', direction: 'down', isWorse: true, time: 'always' },
      ...{ since: tuesday, foundOn: tuesday + 2 },
      before: { median: 0.62, count: 1240, days: 42 },
      after: { median: 0.31, count: 310, days: 4 },
    },
    {
      ...{ measure: 'strangerScore', direction: 'up', isWorse: true, time: 'day' },
      ...{ since: tuesday - 7, foundOn: tuesday - 3 },
      before: { median: 0.11, count: 800, days: 42 },
      after: { median: 0.19, count: 90, days: 11 },
    },
  ],
  measures: driftMeasures.map((measure) => ({
    ...{ measure, compared: measure === 'confirmedScore' ? 0 : 60 },
    weeks: [
      { from: tuesday - 8, count: 1240, low: 0.5, median: 0.62, high: 0.7 },
      { from: tuesday - 1, count: 310, low: 0.2, median: 0.31, high: 0.45 },
    ],
  })),
};
