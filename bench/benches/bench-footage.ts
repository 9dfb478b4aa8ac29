import type { Bench, BenchContext } from '../bench.ts';
import { writeLoop } from '../footage.ts';
import type { LatencyResult } from '../latency.ts';
import { runLive } from '../live-setting.ts';
import { ms, percent, plural, table, withSpread } from '../markdown.ts';
import { spread } from '../samples.ts';

/** Seconds of footage that a second of work gets through at most: the recording outlasts the run. */
const fastest = 60;

interface FootageLatency {
  readonly cameras: number;
  readonly alone: readonly LatencyResult[];
  readonly beside: readonly LatencyResult[];
}

/** What a search of recorded footage in the same program costs live cameras. */
export const footageBench: Bench = {
  name: 'footage',
  summary: 'capture to alert of live cameras with and without a search of footage beside them',
  async run(context) {
    const figures: FootageLatency[] = [];
    for (const cameras of context.cameras) figures.push(await measure(context, cameras));
    return { figures, markdown: figures.map(report).join('\n\n'), bound: bound(figures) };
  },
};

/** In turn, so that what else the machine does meets both. */
async function measure(context: BenchContext, cameras: number): Promise<FootageLatency> {
  const alone: LatencyResult[] = [];
  const beside: LatencyResult[] = [];
  const seconds = fastest * (context.seconds + context.warmUpSeconds);
  const recording = await writeLoop(await context.footage('usual'), context.workDir, seconds);
  try {
    for (let run = 0; run < context.runs; run += 1) {
      context.say(`Footage: ${plural(cameras, 'camera')} alone`);
      alone.push(await runLive(context, { cameras }));
      context.say(`Footage: ${plural(cameras, 'camera')} and a search`);
      beside.push(await runLive(context, { cameras, recording: recording.path }));
    }
  } finally {
    await recording.remove();
  }
  return { cameras, alone, beside };
}

function report({ cameras, alone, beside }: FootageLatency): string {
  const row = (
    name: string,
    pick: (run: LatencyResult) => number,
    show: (value: number) => string,
  ) => [
    name,
    ...[alone, beside].map((runs) => withSpread(spread(runs.map(pick)), show)),
    withSpread(spread(ratios(alone, beside, pick)), (value) => value.toFixed(2)),
  ];
  const sum = (runs: readonly LatencyResult[]) =>
    `${runs.reduce((all, { alert }) => all + alert.n, 0)}`;
  const speed = (value: number) => (Number.isNaN(value) ? '–' : `${value.toFixed(1)} ×`);
  return table(
    [plural(cameras, 'camera'), 'alone', 'with a search beside', 'ratio'],
    [
      row('capture → alert at the client, median', ({ alert }) => alert.median, ms),
      row('… p99', ({ alert }) => alert.p99, ms),
      ['… alerts measured', sum(alone), sum(beside), '–'],
      row('capture → detection, median', ({ detection }) => detection.median, ms),
      row('… p99', ({ detection }) => detection.p99, ms),
      row(
        'frames analysed, of those due',
        ({ work, framesDue }) => work.framesAnalysed / framesDue,
        percent,
      ),
      row(
        'processor time, cores',
        (run) => run.cpuCores,
        (value) => value.toFixed(2),
      ),
      [
        'footage searched, times as fast as recorded',
        '–',
        withSpread(spread(beside.map((run) => run.footageSpeed ?? Number.NaN)), speed),
        '–',
      ],
      row('processor use of the whole machine', (run) => run.machineBusy, percent),
    ],
  );
}

/** Run by run. */
function ratios(
  alone: readonly LatencyResult[],
  beside: readonly LatencyResult[],
  pick: (run: LatencyResult) => number,
): number[] {
  return beside.map((run, at) => pick(run) / pick(alone[at] as LatencyResult));
}

function bound(figures: readonly FootageLatency[]): string {
  const [busiest] = figures
    .flatMap(({ alone }) => alone.map((run) => run.machineBusy))
    .toSorted((a, b) => b - a);
  return `by one batch of the search in front of a camera's picture, and by the cores that both share; the machine was up to ${percent(busiest ?? Number.NaN)} busy without the search.`;
}
