import { type Bench, type BenchContext, type FootageKind, Skipped } from '../bench.ts';
import { lineChart } from '../chart.ts';
import { findLimit, mostHeld, type Step } from '../find-limit.ts';
import type { LatencyResult } from '../latency.ts';
import { runLive } from '../live-setting.ts';
import { ms, percent, table, withSpread } from '../markdown.ts';
import { alertP99Limit, analysedShare, objectiveBroken, objectiveInWords } from '../objective.ts';
import { type FunctionTime, summariseProfiles, withProfiles } from '../profile-summary.ts';
import { spread } from '../samples.ts';
import { sizingReport } from '../sizing.ts';

const ladder = [1, 2, 4, 8, 12, 16, 24, 32];
/** What the cameras show, and how many of them are tried. */
const loads = {
  usual: { title: '768x432', ladder, quick: [2, 8] },
  'full-hd': { title: '1920x1080', ladder, quick: [2, 4] },
  quiet: { title: '768x432, quiet', ladder: [8, 24, 40, 60, 80], quick: [8, 24] },
} as const;
type Load = keyof typeof loads;

export interface CamerasFigures {
  readonly size: string;
  readonly held: number;
  /** Why the next number of cameras was not held; null where the ladder ended first. */
  readonly broken: string | null;
  readonly steps: readonly Step<LatencyResult>[];
}

/** More and more cameras until the latency objective breaks. */
export const camerasBench: Bench = {
  name: 'cameras',
  summary: 'more and more cameras at 768x432, 1080p and quiet until the latency objective breaks',
  async run(context) {
    const figures: CamerasFigures[] = [];
    const chosen = (Object.keys(loads) as Load[]).filter(
      (load) => context.play?.includes(load) ?? true,
    );
    const [first] = chosen;
    if (first === undefined) throw new Skipped('it plays usual, full-hd and quiet alone');
    for (const load of chosen) figures.push(await climb(context, load));
    const profile = await profileAtLimit(context, first, figures[0]?.held ?? 1);
    return {
      figures: { sizes: figures, profile },
      markdown: report(figures, profile),
      bound: bound(figures, profile),
      pictures: { 'cameras.svg': picture(figures) },
    };
  },
};

/** Why the objective is broken, alerts included, or null. */
export function liveBroken(run: LatencyResult): string | null {
  const broken = objectiveBroken(analysedShare(run), run.detection.p99);
  if (broken !== null || !(run.alert.p99 > alertP99Limit)) return broken;
  return `alerts take up to ${Math.round(run.alert.p99)} ms (p99)`;
}

async function climb(context: BenchContext, load: Load): Promise<CamerasFigures> {
  const { title, quick, ladder: full } = loads[load];
  const steps = await findLimit<LatencyResult>({
    ladder: context.quick ? quick : full,
    runs: context.runs,
    exact: !context.quick,
    holds: (run) => liveBroken(run) === null,
    measure: (cameras) => {
      context.say(`Cameras: ${cameras} at ${title}`);
      return runLive(context, { cameras, footage: load satisfies FootageKind });
    },
  });
  const held = mostHeld(steps);
  const next = steps.find((step) => step.cameras > held);
  const broken = next?.results.map(liveBroken).find((why) => why !== null) ?? null;
  return { size: title, held, broken, steps };
}

/** Where the processor time goes at the limit; a run of its own, for profiling costs time. */
async function profileAtLimit(
  context: BenchContext,
  footage: Load,
  held: number,
): Promise<FunctionTime[]> {
  const cameras = Math.max(1, held);
  context.say(`Cameras: profile of ${cameras}`);
  return withProfiles(context.workDir, async (profile) => {
    await runLive(context, { cameras, footage, profile });
    return summariseProfiles(profile, context.seconds);
  });
}

function report(figures: readonly CamerasFigures[], profile: readonly FunctionTime[]): string {
  return [
    `Held: ${objectiveInWords}, and 99 % of the alerts within ${alertP99Limit} ms. Quiet: somebody is in view for 6 of 60 seconds.`,
    ...figures.map(({ size, held, broken, steps }) =>
      [
        `**${held}** at ${size}${broken === null ? ', the most that was tried' : `; of more: ${broken}`}.`,
        table(
          [
            'cameras',
            'analysed',
            'detection p99',
            'alert p99',
            'event-loop delay p99',
            'cores',
            'machine busy',
            'resident',
            'held',
          ],
          steps.map(row),
        ),
      ].join('\n\n'),
    ),
    '![Processor time and latency by number of cameras](performance/cameras.svg)',
    sizingReport(figures),
    `Where a thread's time goes at the most cameras held (V8's profile of a run of its own; threads as the product has them, shares of the time that the thread was not idle):`,
    table(
      ['thread', 'busy', 'function', 'share'],
      profile.map(({ thread, busy, name, share }) => [
        thread,
        percent(busy),
        `\`${name}\``,
        percent(share),
      ]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function row({ cameras, results, held }: Step<LatencyResult>): string[] {
  const of = (pick: (run: LatencyResult) => number, show: (value: number) => string) =>
    withSpread(spread(results.map(pick)), show);
  return [
    `${cameras}`,
    of(analysedShare, percent),
    of((run) => run.detection.p99, ms),
    of((run) => run.alert.p99, ms),
    of((run) => run.eventLoopDelayP99, ms),
    of(
      (run) => run.cpuCores,
      (value) => value.toFixed(2),
    ),
    of((run) => run.machineBusy, percent),
    of(
      (run) => run.residentMiB,
      (value) => `${Math.round(value)} MiB`,
    ),
    held ? 'yes' : 'no',
  ];
}

function bound(figures: readonly CamerasFigures[], profile: readonly FunctionTime[]): string {
  const parts = figures.map(({ size, steps, held }) => {
    const step = steps.find(({ cameras }) => cameras > held) ?? steps.at(-1);
    const busy = spread((step?.results ?? []).map((run) => run.machineBusy)).median;
    return `${size}: the machine was ${percent(busy)} busy at ${step?.cameras} cameras`;
  });
  const threads = [...new Map(profile.map(({ thread, busy }) => [thread, busy]))].sort(
    ([, a], [, b]) => b - a,
  );
  const [thread, busy] = threads[0] ?? ['', Number.NaN];
  return `by the processor, virtual cameras and client on the same cores (${parts.join('; ')}). The busiest thread at the limit was ${thread}, ${percent(busy)}.`;
}

function picture(figures: readonly CamerasFigures[]): string {
  const line = (pick: (run: LatencyResult) => number, figure: CamerasFigures) =>
    figure.steps.map(
      ({ cameras, results }) => [cameras, spread(results.map(pick)).median] as const,
    );
  return lineChart({
    title: 'Processor time and detection latency by number of cameras',
    x: 'cameras',
    y: 'processor time, cores × 100; detection p99, ms',
    series: figures.flatMap((figure) => [
      { name: `${figure.size}: cores × 100`, points: line((run) => run.cpuCores * 100, figure) },
      {
        name: `${figure.size}: p99, ms`,
        points: line((run) => Math.min(1000, run.detection.p99), figure),
      },
    ]),
  });
}
