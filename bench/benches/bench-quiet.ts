import type { Bench, BenchContext } from '../bench.ts';
import type { LatencyResult } from '../latency.ts';
import { runLive } from '../live-setting.ts';
import { ms, percent, table, withSpread } from '../markdown.ts';
import { spread } from '../samples.ts';

const cameras = 8;
/** The loop's length, of which somebody is in view for a tenth: shorter runs see more of it or less. */
const loopSeconds = 60;
/** Of the processor time of full detection, 0..1. */
const aim = 1 / 3;

/** Runs of one kind, with motion watched or not. */
interface Pair {
  readonly on: readonly LatencyResult[];
  readonly off: readonly LatencyResult[];
}

/** What a camera costs where hardly anything happens. */
export const quietBench: Bench = {
  name: 'quiet',
  summary: 'processor time of quiet cameras, with detection where something moves and with full',
  async run(context) {
    const figures = await measure(context);
    return { figures, markdown: report(figures), bound: bound(figures) };
  },
};

/** In turn, so that what else the machine does meets both. */
async function measure(context: BenchContext): Promise<Pair> {
  const on: LatencyResult[] = [];
  const off: LatencyResult[] = [];
  const seconds = context.quick ? context.seconds : Math.max(context.seconds, loopSeconds);
  for (let run = 0; run < context.runs; run += 1) {
    for (const [motion, results] of [
      [true, on],
      [false, off],
    ] as const) {
      context.say(`Quiet: ${cameras} cameras, motion ${motion ? 'on' : 'off'}`);
      results.push(await runLive({ ...context, seconds }, { cameras, footage: 'quiet', motion }));
    }
  }
  return { on, off };
}

/** Of the processor time with full detection, what motion first takes, run by run. */
function ratios({ on, off }: Pair): number[] {
  return on.map((run, at) => run.cpuCores / (off[at]?.cpuCores ?? Number.NaN));
}

function report(figures: Pair): string {
  const { on, off } = figures;
  const row = (
    name: string,
    pick: (run: LatencyResult) => number,
    show: (value: number) => string,
  ) => [name, ...[on, off].map((runs) => withSpread(spread(runs.map(pick)), show))];
  return [
    `Processor time of motion first against full detection: **${withSpread(spread(ratios(figures)), percent)}**, aim ${percent(aim)}.`,
    table(
      [`${cameras} cameras, somebody in view for 6 of 60 s`, 'motion on', 'motion off'],
      [
        row(
          'processor time a camera, cores',
          (run) => run.cpuCores / cameras,
          (value) => value.toFixed(4),
        ),
        row('frames analysed, looked at or not', ({ work }) => work.framesAnalysed, String),
        row('calls of the detector', detections, String),
        row('alerts', ({ alert }) => alert.n, String),
        row('capture → alert, median', ({ alert }) => alert.median, ms),
        row('capture → alert, p99', ({ alert }) => alert.p99, ms),
      ],
    ),
  ].join('\n\n');
}

function detections({ work }: LatencyResult): number {
  return work.models
    .filter(({ model }) => /detect/.test(model))
    .reduce((sum, { items }) => sum + items, 0);
}

function bound({ on }: Pair): string {
  const [run] = on;
  if (run === undefined) return 'by nothing that was measured.';
  const share = detections(run) / run.work.framesAnalysed;
  return `by decoding, which every picture needs, and by looks at ${percent(share)} of the analysed frames.`;
}
