import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { FrameLedger } from '../domain/frame/ledger.ts';
import { CameraActivity } from '../telemetry/camera-activity.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { RecentLatencies } from '../telemetry/recent-latencies.ts';
import { AnalysisFaults } from './analysis-faults.ts';
import { LiveEvents } from './live-events.ts';
import { Resources } from './resources.ts';
import { version } from './version.ts';

/** What every part of the program is built on. */
export interface Foundation {
  /** As it was at the start; cameras and watchlists may be read again. */
  readonly config: Config;
  readonly baseDir: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly clock: Clock;
  readonly now: () => number;
  readonly uptimeSeconds: () => number;
  readonly resources: Resources;
  readonly ledger: FrameLedger;
  readonly metrics: Metrics;
  readonly live: LiveEvents;
  /** What people look at: the last few minutes. Metrics are the long memory. */
  readonly latencies: RecentLatencies;
  readonly activity: CameraActivity;
  /** Which cameras are live and yet not analysed. */
  readonly faults: AnalysisFaults;
}

/** Opens metrics, events and the frame ledger; what is opened later is added to `resources`. */
export function layFoundation(options: {
  readonly loaded: LoadedConfig;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
}): Foundation {
  const { loaded, log, clock = systemClock, env = process.env } = options;
  const { config, baseDir } = loaded;
  const started = clock.monotonic();
  const resources = new Resources((error) =>
    log.error({ err: error }, 'A part of the program did not close cleanly'),
  );
  const ledger = new FrameLedger();
  ledger.onLeak((cameraId) => log.error({ cameraId }, 'A frame was never released'));
  return {
    config,
    baseDir,
    dataDir: resolve(baseDir, config.data),
    env,
    log,
    clock,
    now: () => clock.now(),
    uptimeSeconds: () => (clock.monotonic() - started) / 1000,
    resources,
    ledger,
    metrics: resources.use(createMetrics({ ledger, version })),
    live: resources.use(new LiveEvents()),
    latencies: new RecentLatencies(clock),
    activity: new CameraActivity(clock),
    faults: new AnalysisFaults(clock),
  };
}
