import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveRunOptions, startLiveRun } from './live-run.ts';
import { labelValues, type Scrape, total } from './prometheus.ts';
import { mean, slope } from './samples.ts';

export interface SoakOptions extends LiveRunOptions {
  readonly minutes: number;
  /** Between readings; default 5. */
  readonly everySeconds?: number;
  readonly onReading?: (reading: SoakReading) => void;
}

export interface SoakReading {
  /** Since the cameras became live. */
  readonly seconds: number;
  readonly residentMiB: number;
  readonly heapMiB: number;
  readonly openFiles: number;
  readonly framesLive: number;
  readonly queued: number;
}

export interface SoakResult {
  readonly minutes: number;
  readonly cameras: number;
  readonly readings: readonly SoakReading[];
  /** Mean of the second half, and its growth: the fitted line over that half, against its mean. */
  readonly firstHalfMiB: number;
  readonly secondHalfMiB: number;
  readonly growth: number;
  readonly openFiles: { readonly first: number; readonly last: number };
  readonly maxFramesLive: number;
  readonly maxQueued: number;
  /** Frames alive once the cameras were gone. */
  readonly framesLeft: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly alerts: number;
}

/** Memory, files and queues of the product over minutes. */
export async function measureSoak(options: SoakOptions): Promise<SoakResult> {
  await using run = await startLiveRun(options);
  const { product, cameras } = run;
  const every = (options.everySeconds ?? 5) * 1000;
  const readings: SoakReading[] = [];
  const started = performance.now();
  const end = started + options.minutes * 60_000;
  let scrape = await product.scrape();
  for (let next = started + every; next <= end + 1; next += every) {
    await sleep(Math.max(0, next - performance.now()));
    scrape = await product.scrape();
    const reading = readingOf(scrape, (performance.now() - started) / 1000);
    readings.push(reading);
    options.onReading?.(reading);
  }
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
    firstHalfMiB: mean(first),
    secondHalfMiB: mean(resident),
    growth: (slope(times, resident) * span) / mean(resident),
    openFiles: { first: second[0]?.openFiles ?? 0, last: second.at(-1)?.openFiles ?? 0 },
    maxFramesLive: Math.max(...readings.map(({ framesLive }) => framesLive)),
    maxQueued: Math.max(...readings.map(({ queued }) => queued)),
    framesLeft,
    drops,
    alerts,
  };
}

function readingOf(scrape: Scrape, seconds: number): SoakReading {
  return {
    seconds,
    residentMiB: total(scrape, 'process_resident_memory_bytes') / 2 ** 20,
    heapMiB: total(scrape, 'nodejs_heap_size_used_bytes') / 2 ** 20,
    openFiles: total(scrape, 'process_open_fds'),
    framesLive: total(scrape, 'nightglass_frames_live'),
    queued: total(scrape, 'nightglass_queue_depth'),
  };
}
