/*
 * What the judgement of cameras costs and finds: false alarms a camera-year on simulated cameras
 * that do not change, and how soon given shifts are found (docs/drift.md).
 *
 *   node scripts/simulate-drift.ts [--cameras N] [--shifted N] [--seed N]
 */

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { binomialInterval } from '../src/domain/binomial-interval.ts';
import { type DriftMeasure, driftMeasure } from '../src/domain/drift/drift-measure.ts';
import { delays, falseAlarms } from './drift/measure-judgement.ts';

const { values } = parseArgs({
  options: {
    cameras: { type: 'string', default: '100' },
    shifted: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const [cameras, shifted, seed] = [values.cameras, values.shifted, values.seed].map(Number);

/** Shifts in the measures' own units, from a usual value. */
const shifts: readonly (readonly [DriftMeasure, number, number])[] = [
  ['sharpness', 0.62, 0.31],
  ['sharpness', 0.62, 0.5],
  ['noise', 4, 8],
  ['noise', 4, 6],
  ['interEyeDistance', 40, 28],
  ['pitch', 12, 22],
  ['brightness', 110, 60],
  ['overExposure', 0.1, 0.3],
  ['quality', 60, 48],
  ['recognisability', 0.6, 0.5],
  ['frameRate', 15, 8],
  ['strangerScore', 0.12, 0.2],
  ['confirmedScore', 0.6, 0.48],
];

function shareOf(measure: DriftMeasure, value: number): number {
  const { from, to, isLogarithmic } = driftMeasure(measure);
  return isLogarithmic
    ? Math.log(value / from) / Math.log(to / from)
    : (value - from) / (to - from);
}

function perYear(count: number, years: number): string {
  return (count / years).toFixed(2);
}

const started = performance.now();
const alarms = falseAlarms(cameras ?? 0, seed ?? 0);
const years = alarms.cameraYears;
const share = (count: number, of: number) => {
  const [low, high] = binomialInterval(count, of);
  return `${count} of ${of} (${(low * 100).toFixed(0)} to ${(high * 100).toFixed(0)} %)`;
};
const lines = [
  `${years} simulated camera-years without a change, seed ${seed}:`,
  '',
  `- false findings a camera-year: ${perYear(alarms.total, years)}, of them for the worse: ${perYear(alarms.worse, years)}`,
  `- camera-years without any: ${share(alarms.without, years)}; without any for the worse: ${share(alarms.withoutWorse, years)}`,
  `- by measure: ${[...alarms.byMeasure].map(([measure, count]) => `${measure} ${perYear(count, years)}`).join(', ')}`,
  '',
  `Shifts on ${shifted} cameras each; found within 28 days, by days since the shift:`,
  '',
  '| measure | from | to | found (95 % interval) | median days | 9 of 10 within | first day right to a day |',
  '|---|---:|---:|---|---:|---:|---|',
  ...shifts.map(([measure, from, to]) => {
    const by = shareOf(measure, to) - shareOf(measure, from);
    const found = delays({ measure, by }, shifted ?? 0, (seed ?? 0) + 10_000);
    return `| ${measure} | ${from} | ${to} | ${share(found.found, found.cameras)} | ${found.median ?? '-'} | ${found.ninth ?? '-'} | ${share(found.dated, found.found)} |`;
  }),
  '',
  `${((performance.now() - started) / 1000).toFixed(0)} s on ${availableParallelism()} cores, Node ${process.version}`,
];
process.stdout.write(`${lines.join('\n')}\n`);
