import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, type FaultOrder, faultNames } from './camera-faults.ts';
import type { Child } from './child.ts';
import { type LiveRunOptions, startLiveRun } from './live-run.ts';
import { labelValues, type Scrape, total } from './prometheus.ts';
import { mean, slope } from './samples.ts';

export interface SoakOptions extends LiveRunOptions {
  readonly minutes: number;
  /** Between readings; default 5. */
  readonly everySeconds?: number;
  /** Whether cameras misbehave, one after the other. Default true. */
  readonly faults?: boolean;
  readonly onReading?: (reading: SoakReading) => void;
}

export interface SoakReading {
  /** Since the cameras became live. */
  readonly seconds: number;
  readonly residentMiB: number;
  readonly heapMiB: number;
  readonly openFiles: number;
  /** Timers, sockets, files and such that Node holds. */
  readonly resources: number;
  readonly framesLive: number;
  readonly queued: number;
  readonly camerasLive: number;
}

/** A fault that a camera was told to have. */
export interface InjectedFault {
  readonly seconds: number;
  readonly camera: number;
  readonly fault: Fault;
}

export interface SoakResult {
  readonly minutes: number;
  readonly cameras: number;
  readonly readings: readonly SoakReading[];
  readonly faults: readonly InjectedFault[];
  /** Mean of the second half, and its growth: the fitted line over that half, against its mean. */
  readonly firstHalfMiB: number;
  readonly secondHalfMiB: number;
  readonly growth: number;
  readonly openFiles: { readonly first: number; readonly last: number };
  readonly maxFramesLive: number;
  readonly maxQueued: number;
  /** Cameras that were live again after the last fault, and seconds until they were. */
  readonly camerasBack: number;
  readonly backAfterSeconds: number;
  /** Frames alive once the cameras were gone. */
  readonly framesLeft: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly reconnects: number;
  readonly workerRestarts: number;
  readonly alerts: number;
}

/** A camera whose login was refused is asked again after minutes only. */
const backWithin = 180_000;

/** Memory, handles and queues of the product over minutes, while cameras misbehave. */
export async function measureSoak(options: SoakOptions): Promise<SoakResult> {
  await using run = await startLiveRun(options);
  const { product, cameras } = run;
  const every = (options.everySeconds ?? 5) * 1000;
  const readings: SoakReading[] = [];
  const started = performance.now();
  const since = () => (performance.now() - started) / 1000;
  const end = started + options.minutes * 60_000;
  using faults = injectFaults(cameras, options, since);
  let scrape = await product.scrape();
  for (let next = started + every; next <= end + 1; next += every) {
    await sleep(Math.max(0, next - performance.now()));
    scrape = await product.scrape();
    const reading = readingOf(scrape, since());
    readings.push(reading);
    options.onReading?.(reading);
  }
  faults.stop();
  const { back, after } = await untilBack(run.product.scrape, options.cameras);
  scrape = await product.scrape();
  const alerts = total(scrape, 'nightglass_alerts_total');
  const drops = Object.fromEntries(
    labelValues(scrape, 'nightglass_frames_dropped_total', 'reason').map((reason) => [
      reason,
      total(scrape, 'nightglass_frames_dropped_total', { reason }),
    ]),
  );
  await cameras.stop();
  let framesLeft = Number.NaN;
  for (const patience = performance.now() + 5000; performance.now() < patience; ) {
    framesLeft = total(await product.scrape(), 'nightglass_frames_live');
    if (framesLeft === 0) break;
    await sleep(100);
  }
  const half = readings.length >> 1;
  const first = readings.slice(0, half).map(({ residentMiB }) => residentMiB);
  const second = readings.slice(half);
  const resident = second.map(({ residentMiB }) => residentMiB);
  const times = second.map(({ seconds }) => seconds);
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    minutes: options.minutes,
    cameras: options.cameras,
    readings,
    faults: faults.injected,
    firstHalfMiB: mean(first),
    secondHalfMiB: mean(resident),
    growth: (slope(times, resident) * span) / mean(resident),
    openFiles: { first: second[0]?.openFiles ?? 0, last: second.at(-1)?.openFiles ?? 0 },
    maxFramesLive: Math.max(...readings.map(({ framesLive }) => framesLive)),
    maxQueued: Math.max(...readings.map(({ queued }) => queued)),
    camerasBack: back,
    backAfterSeconds: after,
    framesLeft,
    drops,
    reconnects: total(scrape, 'nightglass_camera_reconnects_total'),
    workerRestarts: total(scrape, 'nightglass_inference_worker_restarts_total'),
    alerts,
  };
}

interface Faults extends Disposable {
  readonly injected: readonly InjectedFault[];
  /** Lets all cameras behave. */
  stop(): void;
}

/** One camera after the other has one fault after the other, for half of the time between two. */
function injectFaults(
  child: Child<string[]>,
  { cameras, minutes, faults = true }: SoakOptions,
  since: () => number,
): Faults {
  const injected: InjectedFault[] = [];
  const tell = (order: FaultOrder) => child.send(JSON.stringify(order));
  const behave = (camera: number) => tell({ camera, fault: 'behave' });
  const every = Math.max(4, Math.min(30, (minutes * 60) / 20)) * 1000;
  const timers = new Set<NodeJS.Timeout>();
  const inject = () => {
    const count = injected.length;
    const camera = 1 + (count % cameras);
    const fault = faultNames[count % faultNames.length] as Fault;
    injected.push({ seconds: since(), camera, fault });
    tell({ camera, fault });
    const timer = setTimeout(() => {
      timers.delete(timer);
      behave(camera);
    }, every / 2);
    timers.add(timer);
  };
  const interval = faults ? setInterval(inject, every) : undefined;
  const end = () => {
    clearInterval(interval);
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return {
    injected,
    stop() {
      end();
      for (let camera = 1; camera <= cameras; camera += 1) behave(camera);
    },
    [Symbol.dispose]: end,
  };
}

/** Waits until all cameras are live. */
async function untilBack(
  scrape: () => Promise<Scrape>,
  cameras: number,
): Promise<{ back: number; after: number }> {
  const started = performance.now();
  for (;;) {
    const back = total(await scrape(), 'nightglass_camera_state', { state: 'live' });
    const waited = performance.now() - started;
    if (back >= cameras || waited > backWithin) return { back, after: waited / 1000 };
    await sleep(500);
  }
}

function readingOf(scrape: Scrape, seconds: number): SoakReading {
  return {
    seconds,
    residentMiB: total(scrape, 'process_resident_memory_bytes') / 2 ** 20,
    heapMiB: total(scrape, 'nodejs_heap_size_used_bytes') / 2 ** 20,
    openFiles: total(scrape, 'process_open_fds'),
    resources: total(scrape, 'nodejs_active_resources_total'),
    framesLive: total(scrape, 'nightglass_frames_live'),
    queued: total(scrape, 'nightglass_queue_depth'),
    camerasLive: total(scrape, 'nightglass_camera_state', { state: 'live' }),
  };
}
