import { fileURLToPath } from 'node:url';
import type { Bench, BenchContext } from '../bench.ts';
import { runChild, startChild } from '../child.ts';
import { findLimit, mostHeld, type Step } from '../find-limit.ts';
import type { LatencyResult } from '../latency.ts';
import { runLive } from '../live-setting.ts';
import { ms, percent, table, withSpread } from '../markdown.ts';
import type { NaiveOrder, NaiveReport } from '../naive/order.ts';
import { analysedRate, analysedShare, objectiveBroken, objectiveInWords } from '../objective.ts';
import { spread, summarise } from '../samples.ts';
import { type CamerasFigures, liveBroken } from './bench-cameras.ts';

const cameraProgram = fileURLToPath(new URL('../camera-process.ts', import.meta.url));
const naiveProgram = fileURLToPath(new URL('../naive/naive-process.ts', import.meta.url));
const aim = 3;

/** One way at one number of cameras, in the same terms for all. */
interface WayRun {
  readonly share: number;
  readonly detectionMedian: number;
  readonly detectionP99: number;
  readonly eventLoopDelayP99: number;
  readonly cpuCores: number;
  readonly broken: string | null;
}

interface Way {
  readonly name: string;
  readonly held: number;
  readonly steps: readonly Step<WayRun>[];
}

/** Against the usual hand-made way. */
export const naiveBench: Bench = {
  name: 'naive',
  summary: 'against ffmpeg programs, raw-video pipes and ONNX Runtime on the main thread',
  async run(context) {
    const handMade = await climb(context, 'hand-made', [1, 2, 3, 4, 6, 8, 12, 16], (cameras) =>
      runNaive(context, cameras, { embeds: true, precision: 'fp32' }),
    );
    const product =
      knownProduct(context) ??
      (await climb(context, 'the product', [1, 2, 4, 8, 12, 16, 24, 32], async (cameras) =>
        productRun(await runLive(context, { cameras })),
      ));
    const ways = [handMade, product];
    if (!context.quick) {
      ways.push(
        await climb(context, 'hand-made, precision as the product', [4, 6, 8, 12], (cameras) =>
          runNaive(context, cameras, { embeds: true, precision: 'auto' }),
        ),
        await climb(context, 'hand-made, detection alone', [4, 8, 12, 16], (cameras) =>
          runNaive(context, cameras, { embeds: false, precision: 'fp32' }),
        ),
      );
    }
    return { figures: ways, markdown: report(ways), bound: bound(ways) };
  },
};

async function climb(
  context: BenchContext,
  name: string,
  ladder: readonly number[],
  measure: (cameras: number) => Promise<WayRun>,
): Promise<Way> {
  const steps = await findLimit<WayRun>({
    ladder: context.quick ? ladder.filter((cameras) => [2, 4, 8].includes(cameras)) : ladder,
    runs: context.runs,
    exact: !context.quick,
    holds: ({ broken }) => broken === null,
    measure: (cameras) => {
      context.say(`Naive: ${name}, cameras: ${cameras}`);
      return measure(cameras);
    },
  });
  return { name, held: mostHeld(steps), steps };
}

/** What the bench `cameras` has found in the same go. */
function knownProduct({ before }: BenchContext): Way | undefined {
  const cameras = before.get('cameras') as { sizes: readonly CamerasFigures[] } | undefined;
  const usual = cameras?.sizes[0];
  if (usual === undefined) return undefined;
  const steps = usual.steps.map((step) => ({ ...step, results: step.results.map(productRun) }));
  return { name: 'the product', held: usual.held, steps };
}

function productRun(run: LatencyResult): WayRun {
  return {
    share: analysedShare(run),
    detectionMedian: run.detection.median,
    detectionP99: run.detection.p99,
    eventLoopDelayP99: run.eventLoopDelayP99,
    cpuCores: run.cpuCores,
    broken: liveBroken(run),
  };
}

async function runNaive(
  context: BenchContext,
  cameras: number,
  way: Pick<NaiveOrder, 'embeds' | 'precision'>,
): Promise<WayRun> {
  const footage = await context.footage('usual');
  await using served = await startChild<string[]>({
    args: [cameraProgram, footage, String(cameras)],
  });
  const { manifest, seconds, warmUpSeconds } = context;
  const order: NaiveOrder = {
    ...{ urls: served.ready, manifest, seconds, warmUpSeconds },
    ...{ rate: analysedRate, ...way },
  };
  const said = await runChild({ args: [naiveProgram, JSON.stringify(order)] });
  const report = JSON.parse(said) as NaiveReport;
  const { median, p99 } = summarise(report.latencies);
  const share = report.frames / (cameras * analysedRate * report.seconds);
  return {
    share,
    detectionMedian: median,
    detectionP99: p99,
    eventLoopDelayP99: report.eventLoopDelayP99,
    cpuCores: report.cpuCores,
    broken: objectiveBroken(share, p99),
  };
}

function report(ways: readonly Way[]): string {
  const [handMade, product, samePrecision, detectionAlone] = ways;
  const ratio = (way: Way | undefined) =>
    way === undefined || product === undefined || way.held === 0
      ? '–'
      : (product.held / way.held).toFixed(1);
  return [
    `Held: ${objectiveInWords}. The hand-made way scales in ffmpeg, and its latency leaves out what ffmpeg itself takes; the product also tracks, judges, enhances, fuses, matches, raises and stores alerts.`,
    `Cameras held: ${ways.map(({ name, held }) => `${name} **${held}**`).join(', ')}: **${ratio(handMade)} times** as many as the hand-made way with its usual FP32 (aim ${aim})${detectionAlone === undefined ? '' : `, ${ratio(samePrecision)} times as many as the hand-made way with the models in the precision that the product takes by itself (the detector in INT8 where the processor multiplies bytes), ${ratio(detectionAlone)} times as many as detection alone by hand`}.`,
    table(
      [
        'way',
        'cameras',
        'analysed',
        'detection, median',
        '… p99',
        'event-loop delay p99',
        'cores',
        'held',
      ],
      ways.flatMap(({ name, steps }) => steps.map((step) => row(name, step))),
    ),
  ].join('\n\n');
}

function row(name: string, { cameras, results, held }: Step<WayRun>): string[] {
  const of = (pick: (run: WayRun) => number, show: (value: number) => string) =>
    withSpread(spread(results.map(pick)), show);
  return [
    name,
    `${cameras}`,
    of(({ share }) => share, percent),
    of((run) => run.detectionMedian, ms),
    of((run) => run.detectionP99, ms),
    of((run) => run.eventLoopDelayP99, ms),
    of(
      (run) => run.cpuCores,
      (value) => value.toFixed(2),
    ),
    held ? 'yes' : 'no',
  ];
}

function bound(ways: readonly Way[]): string {
  const [handMade] = ways;
  const broken = handMade?.steps.find(({ held }) => !held)?.results[0]?.broken;
  return `by the processor in all ways. The hand-made way embeds each face of each frame, moves ${((640 * 360 * 3 * analysedRate) / 1e6).toFixed(1)} MB a second and camera through pipes and blocks its one thread meanwhile${broken == null ? '' : `; it broke on: ${broken}`}. The product embeds chosen frames of a track only.`;
}
