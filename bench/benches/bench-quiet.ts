import { type Bench, type BenchContext, type MotionMode, motionModes } from '../bench.ts';
import type { LatencyResult } from '../latency.ts';
import { runLive } from '../live-setting.ts';
import { ms, percent, table, withSpread } from '../markdown.ts';
import { spread } from '../samples.ts';

const cameras = 8;
/** The loop's length, of which somebody is in view for a tenth: shorter runs see more of it or less. */
const loopSeconds = 60;
/** Of the processor time of full detection, 0..1. */
const aim = 1 / 3;

/** Runs by how motion is watched. */
type Figures = Readonly<Record<MotionMode, readonly LatencyResult[]>>;

/** What a camera costs where hardly anything happens. */
export const quietBench: Bench = {
  name: 'quiet',
  summary: 'processor time of quiet cameras: motion first, at rest, and full detection',
  async run(context) {
    const figures = await measure(context);
    return { figures, markdown: report(figures), bound: bound(figures) };
  },
};

/** In turn, so that what else the machine does meets all. */
async function measure(context: BenchContext): Promise<Figures> {
  const figures: Record<MotionMode, LatencyResult[]> = { off: [], on: [], rest: [] };
  const seconds = context.quick ? context.seconds : Math.max(context.seconds, loopSeconds);
  for (let run = 0; run < context.runs; run += 1) {
    for (const motion of motionModes) {
      context.say(`Quiet: ${cameras} cameras, motion ${motion}`);
      const result = await runLive({ ...context, seconds }, { cameras, footage: 'quiet', motion });
      figures[motion].push(result);
    }
  }
  return figures;
}

/** Of the processor time with full detection, run by run. */
function ratios(figures: Figures, mode: MotionMode): number[] {
  return figures[mode].map((run, at) => run.cpuCores / (figures.off[at]?.cpuCores ?? Number.NaN));
}

function report(figures: Figures): string {
  const row = (
    name: string,
    pick: (run: LatencyResult) => number,
    show: (value: number) => string,
  ) => [name, ...motionModes.map((mode) => withSpread(spread(figures[mode].map(pick)), show))];
  const ratio = (mode: MotionMode) => withSpread(spread(ratios(figures, mode)), percent);
  return [
    `Processor time against full detection, aim ${percent(aim)}: motion first **${ratio('on')}**, with \`motion.rest\` **${ratio('rest')}**.`,
    table(
      [
        `${cameras} cameras, somebody in view for 6 of 60 s`,
        'full detection',
        'motion first',
        'with `motion.rest`',
      ],
      [
        row(
          'processor time a camera, cores',
          (run) => run.cpuCores / cameras,
          (value) => value.toFixed(4),
        ),
        row('frames analysed, looked at or not', ({ work }) => work.framesAnalysed, String),
        row('calls of the detector, two a look', detections, String),
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

function bound({ off, on }: Figures): string {
  const [run] = on;
  const [full] = off;
  if (run === undefined || full === undefined) return 'by nothing that was measured.';
  // A look takes several calls; with full detection each frame has one look.
  const callsALook = detections(full) / full.work.framesAnalysed;
  const share = detections(run) / callsALook / run.work.framesAnalysed;
  return `by decoding, which every picture needs unless the scene rests, and by looks at ${percent(share)} of the analysed frames.`;
}
