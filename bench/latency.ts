import { setTimeout as sleep } from 'node:timers/promises';
import { stages } from '../src/telemetry/stage-metrics.ts';
import { type LiveRunOptions, startLiveRun } from './live-run.ts';
import { machineTime } from './machine.ts';
import { distribution, growth, labelValues, quantile, type Scrape, total } from './prometheus.ts';
import { type Summary, summarise } from './samples.ts';

export interface LatencyOptions extends LiveRunOptions {
  readonly seconds: number;
  /** Before anything is measured. */
  readonly warmUpSeconds: number;
}

export interface StageFigures {
  readonly stage: string;
  readonly n: number;
  /** Milliseconds, estimated from the histogram; null where the stage is not timed. */
  readonly time: { readonly median: number; readonly p99: number } | null;
  readonly age: { readonly median: number; readonly p99: number } | null;
}

/** Calls of a model's session and what they held. */
export interface ModelCalls {
  readonly model: string;
  /** In which it ran. */
  readonly precision: string;
  readonly calls: number;
  readonly items: number;
  readonly medianMs: number;
  /** Time of all calls together, by the clock of their threads. */
  readonly totalMs: number;
}

/** What the product did while it was measured; the floor does the same. */
export interface WorkDone {
  readonly framesDecoded: number;
  readonly framesAnalysed: number;
  readonly faces: number;
  readonly keyframes: number;
  readonly alertPictures: number;
  /** Inter-eye distances of the faces that alerts show, pixels. */
  readonly interEyeDistances: readonly number[];
  readonly models: readonly ModelCalls[];
}

export interface LatencyResult {
  readonly cameras: number;
  readonly seconds: number;
  /** Milliseconds from capture to the client. */
  readonly alert: Summary;
  readonly detection: Summary;
  readonly embedding: Summary;
  readonly stages: readonly StageFigures[];
  readonly framesDue: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly eventsDropped: number;
  /** Milliseconds beyond the interval at which it is measured. */
  readonly eventLoopDelayP99: number;
  readonly eventLoopDelayMax: number;
  readonly residentMiB: number;
  /** Processor time a second of wall time. */
  readonly cpuCores: number;
  /** Milliseconds. */
  readonly cpuPerAnalysedFrame: number;
  /** Processor time that all programs of the machine used, of all there is, 0..1. */
  readonly machineBusy: number;
  /** Seconds of footage a second that a search got through meanwhile; null without one. */
  readonly footageSpeed: number | null;
  readonly work: WorkDone;
}

/** Node's monitor records the interval itself (10 ms) and the delay together. */
const monitorInterval = 10;

/** Latency, losses and cost of the live product at a number of cameras. */
export async function measureLatency(options: LatencyOptions): Promise<LatencyResult> {
  await using run = await startLiveRun(options);
  const { product, client, search } = run;
  await sleep(options.warmUpSeconds * 1000);
  client.reset();
  const searchedBefore = await search?.searched();
  const machineBefore = machineTime();
  const started = performance.now();
  const before = await product.scrape();
  await sleep(options.seconds * 1000);
  const after = await product.scrape();
  const seconds = (performance.now() - started) / 1000;
  const searched = await search?.searched();
  const machineAfter = machineTime();
  const { alert, detection, embedding } = client.latencies;
  const cpu = growth(before, after, 'process_cpu_seconds_total');
  const work = workDone(before, after, client.pictured.interEyeDistances);
  const drops = Object.fromEntries(
    labelValues(after, 'nightglass_frames_dropped_total', 'reason').map((reason) => [
      reason,
      growth(before, after, 'nightglass_frames_dropped_total', { reason }),
    ]),
  );
  const delay = (name: string): number =>
    Math.max(0, total(after, `nodejs_eventloop_lag_${name}_seconds`) * 1000 - monitorInterval);
  return {
    cameras: options.cameras,
    seconds,
    alert: summarise(alert),
    detection: summarise(detection),
    embedding: summarise(embedding),
    stages: stageFigures(before, after),
    framesDue: work.framesDecoded - (drops['rate'] ?? 0),
    drops,
    eventsDropped: client.dropped,
    eventLoopDelayP99: delay('p99'),
    eventLoopDelayMax: delay('max'),
    residentMiB: total(after, 'process_resident_memory_bytes') / 2 ** 20,
    cpuCores: cpu / seconds,
    cpuPerAnalysedFrame: (cpu * 1000) / work.framesAnalysed,
    machineBusy:
      (machineAfter.busy - machineBefore.busy) / (machineAfter.total - machineBefore.total),
    footageSpeed:
      searched === undefined || searchedBefore === undefined
        ? null
        : (searched - searchedBefore) / seconds,
    work,
  };
}

function workDone(before: Scrape, after: Scrape, distances: readonly number[]): WorkDone {
  const models = labelValues(after, 'nightglass_inference_batch_size_count', 'model').map(
    (model): ModelCalls => {
      const sizes = distribution(before, after, 'nightglass_inference_batch_size', { model });
      const times = distribution(before, after, 'nightglass_inference_duration_seconds', { model });
      const [precision] = labelValues(after, 'nightglass_inference_provider_info', 'precision', {
        model,
      });
      if (precision === undefined) throw new Error(`/metrics does not say how ${model} ran`);
      return {
        model,
        precision,
        calls: sizes.count,
        items: sizes.sum,
        medianMs: quantile(times, 0.5) * 1000,
        totalMs: times.sum * 1000,
      };
    },
  );
  return {
    framesDecoded: growth(before, after, 'nightglass_frames_total'),
    framesAnalysed: growth(before, after, 'nightglass_frame_age_seconds_count', {
      stage: 'quality',
    }),
    faces: growth(before, after, 'nightglass_faces_total'),
    keyframes: growth(before, after, 'nightglass_keyframes_total'),
    alertPictures: distances.length,
    interEyeDistances: [...distances],
    models,
  };
}

function stageFigures(before: Scrape, after: Scrape): StageFigures[] {
  return stages
    .filter((stage) => stage !== 'track')
    .map((stage) => {
      const time = distribution(before, after, 'nightglass_stage_duration_seconds', { stage });
      const age = distribution(before, after, 'nightglass_frame_age_seconds', { stage });
      const figures = (of: typeof time) =>
        of.count === 0
          ? null
          : { median: quantile(of, 0.5) * 1000, p99: quantile(of, 0.99) * 1000 };
      return { stage, n: Math.max(time.count, age.count), time: figures(time), age: figures(age) };
    });
}
