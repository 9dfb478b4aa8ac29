import type { Step } from './find-limit.ts';
import type { LatencyResult } from './latency.ts';
import { rounded, table } from './markdown.ts';
import { analysedRate } from './objective.ts';
import { slope, spread } from './samples.ts';

/** Cameras for which needs are told. */
const examples = [4, 16, 64];
/** How busy a machine may be on average, for moments with more people. */
const headroom = 0.7;

export interface MeasuredSize {
  /** `768x432` */
  readonly size: string;
  readonly steps: readonly Step<LatencyResult>[];
}

/** What machine a number of cameras needs, by straight lines through what was held. */
export function sizingReport(sizes: readonly MeasuredSize[]): string {
  const rows = sizes.flatMap(({ size, steps }) => {
    const held = steps.filter((step) => step.held);
    if (held.length < 2) return [];
    const counts = held.map(({ cameras }) => cameras);
    const line = (pick: (run: LatencyResult) => number) => {
      const values = held.map(({ results }) => spread(results.map(pick)).median);
      const each = slope(counts, values);
      const at = values.length - 1;
      const base = Math.max(0, (values[at] as number) - each * (counts[at] as number));
      return { each, of: (cameras: number) => base + each * cameras };
    };
    const cores = line((run) => run.cpuCores);
    const memory = line((run) => run.residentMiB);
    return [
      [
        size,
        cores.each.toFixed(3),
        `${Math.max(0, Math.round(memory.each))} MiB`,
        ...examples.map(
          (cameras) =>
            `${rounded(cores.of(cameras) / headroom)} cores, ${(memory.of(cameras) / 1024).toFixed(1)} GiB`,
        ),
      ],
    ];
  });
  if (rows.length === 0) return '';
  const call = callTime(sizes);
  return [
    `To size a machine, ${headroom * 100} % of its processor in use on average (straight lines through the numbers of cameras held; the product alone, cameras at 10 frames a second, people in view most of the time):`,
    table(
      ['', 'cores a camera', 'memory a camera', ...examples.map((count) => `${count} cameras`)],
      rows,
    ),
    `One thread detects faces for all cameras on this machine, ${rounded(call)} ms a frame here: above some ${Math.floor((1000 * headroom) / (call * analysedRate))} cameras it needs more of them (\`models.workers\`; by default one for each four cores) or a GPU (\`models.providers\`).`,
  ].join('\n\n');
}

/** Time of the detector's calls a frame with one camera, milliseconds: a look at a picture takes several. */
function callTime(sizes: readonly MeasuredSize[]): number {
  const runs = sizes[0]?.steps[0]?.results ?? [];
  return spread(
    runs.map(({ work }) => {
      const models = work.models.filter(({ model }) => /detect/.test(model));
      return models.reduce((sum, { totalMs }) => sum + totalMs, 0) / work.framesAnalysed;
    }),
  ).median;
}
