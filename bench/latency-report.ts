import type { LatencyResult } from './latency.ts';
import { counts, ms, percent, table, withSpread } from './markdown.ts';
import { type Spread, type Summary, spread } from './samples.ts';

type Runs = readonly LatencyResult[];

/** One load and what it gave, run by run. */
export interface LatencyFigures {
  readonly title: string;
  readonly cameras: number;
  readonly runs: Runs;
}

/** Tables of latencies, of stages and of model calls. Figures are medians of the runs. */
export function latencyReport(figures: readonly LatencyFigures[]): string {
  const overview = table(
    ['', ...figures.map(({ title }) => title)],
    overviewRows.map(([name, of]) => [name, ...figures.map(({ runs }) => of(runs))]),
  );
  return [overview, ...figures.map(detail)].join('\n\n');
}

const overviewRows: [string, (runs: Runs) => string][] = [
  ['capture → alert at the client, median', (runs) => latency(runs, ({ alert }) => alert.median)],
  ['… p99', (runs) => latency(runs, ({ alert }) => alert.p99)],
  ['… alerts measured', (runs) => `${sum(runs, ({ alert }) => alert.n)}`],
  ['capture → detection at the client', (runs) => pair(runs, ({ detection }) => detection)],
  ['capture → embedding at the client', (runs) => pair(runs, ({ embedding }) => embedding)],
  [
    'frames analysed, of those due at 5 a second',
    (runs) => percent(sum(runs, analysed) / sum(runs, due)),
  ],
  [
    '… of all decoded',
    (runs) => percent(sum(runs, analysed) / sum(runs, (run) => run.work.framesDecoded)),
  ],
  ['frames dropped, by reason', drops],
  ['events dropped for the client', (runs) => `${sum(runs, (run) => run.eventsDropped)}`],
  [
    'faces a frame',
    (runs) => (sum(runs, (run) => run.work.faces) / sum(runs, analysed)).toFixed(1),
  ],
  ['keyframes', (runs) => `${sum(runs, (run) => run.work.keyframes)}`],
  ['event-loop delay p99', (runs) => latency(runs, (run) => run.eventLoopDelayP99)],
  ['… largest', (runs) => latency(runs, (run) => run.eventLoopDelayMax)],
  [
    'processor time, cores',
    (runs) =>
      of(
        runs,
        (run) => run.cpuCores,
        (value) => value.toFixed(2),
      ),
  ],
  ['processor time an analysed frame', (runs) => latency(runs, (run) => run.cpuPerAnalysedFrame)],
  [
    'resident memory',
    (runs) =>
      of(
        runs,
        (run) => run.residentMiB,
        (value) => `${Math.round(value)} MiB`,
      ),
  ],
  ['measured for', (runs) => `${runs.length} × ${Math.round(runs[0]?.seconds ?? 0)} s`],
  ['processor use of the whole machine', (runs) => of(runs, (run) => run.machineBusy, percent)],
];

function detail({ title, runs }: LatencyFigures): string {
  const run = middleRun(runs);
  if (run === undefined) return '';
  return [
    `Stages with ${title} (estimated from the histograms of \`/metrics\`):`,
    table(
      ['stage', 'n', 'time, median / p99', 'age of the result, median / p99'],
      run.stages.map(({ stage, n, time, age }) => [stage, `${n}`, both(time), both(age)]),
    ),
    table(
      [
        ...['model', 'precision', 'calls', 'items a call', 'time of a call, median'],
        'of all calls, an analysed frame',
      ],
      run.work.models.map(({ model, precision, calls, items, medianMs, totalMs }) => [
        model,
        precision,
        `${calls}`,
        calls === 0 ? '–' : (items / calls).toFixed(2),
        ms(medianMs),
        ms(totalMs / run.work.framesAnalysed),
      ]),
    ),
  ].join('\n\n');
}

/** The run in the middle by its alerts, or by its detections where there were none. */
function middleRun(runs: Runs): LatencyResult | undefined {
  const worth = (run: LatencyResult) => run.alert.median || run.detection.median;
  return runs.toSorted((a, b) => worth(a) - worth(b))[(runs.length - 1) >> 1];
}

function analysed(run: LatencyResult): number {
  return run.work.framesAnalysed;
}

function due(run: LatencyResult): number {
  return run.framesDue;
}

function drops(runs: Runs): string {
  const all: Record<string, number> = {};
  for (const run of runs) {
    for (const [reason, count] of Object.entries(run.drops))
      all[reason] = (all[reason] ?? 0) + count;
  }
  return counts(all);
}

function of(runs: Runs, pick: (run: LatencyResult) => number, show: (value: number) => string) {
  return withSpread(figure(runs, pick), show);
}

function latency(runs: Runs, pick: (run: LatencyResult) => number): string {
  return of(runs, pick, ms);
}

function pair(runs: Runs, pick: (run: LatencyResult) => Summary): string {
  const half = (part: 'median' | 'p99') => latency(runs, (run) => pick(run)[part]);
  return `${half('median')} / ${half('p99')}`;
}

function figure(runs: Runs, pick: (run: LatencyResult) => number): Spread {
  return spread(runs.map(pick));
}

function sum(runs: Runs, pick: (run: LatencyResult) => number): number {
  return runs.reduce((total, run) => total + pick(run), 0);
}

function both(figures: { median: number; p99: number } | null): string {
  return figures === null ? '–' : `${ms(figures.median)} / ${ms(figures.p99)}`;
}
