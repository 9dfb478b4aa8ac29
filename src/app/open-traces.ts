import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { readSecretHeaders } from '../config/secret.ts';
import type { Clock } from '../domain/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { FrameTraces } from '../telemetry/traces/frame-traces.ts';
import type { FrameFollower } from './analysis-contract.ts';

/** Frames followed from capture to alert, and the way out. */
export interface Traces extends FrameFollower {
  alert(
    cameraId: string,
    capturedMonotonic: number,
    alert: { readonly alertId: string; readonly watchlistId: string },
  ): void;
  close(): Promise<void>;
}

/**
 * Traces to the collector that the configuration names; null, and nothing
 * loaded, where it names none.
 * @throws NightglassError `SECRET_MISSING`
 */
export async function openTraces(from: {
  readonly config: Pick<Config, 'telemetry'>;
  readonly baseDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'system'>;
  readonly version: string;
}): Promise<Traces | null> {
  const { config, baseDir, env, clock, log, metrics, version } = from;
  const { traces: wanted } = config.telemetry;
  if (wanted === undefined) return null;
  const headers = readSecretHeaders(wanted.headers, 'telemetry.traces.headers', baseDir, env);
  const { openCollector } = await import('../telemetry/traces/open-collector.ts');
  let loggedAt = Number.NEGATIVE_INFINITY;
  const collector = await openCollector({
    endpoint: wanted.endpoint,
    headers,
    version,
    onSent(result, spans, error) {
      metrics.system.spans(result, spans);
      if (result === 'exported' || clock.monotonic() - loggedAt < 60_000) return;
      loggedAt = clock.monotonic();
      // The error may quote the request: its message alone, without what was sent.
      log.warn({ spans, reason: error?.message }, 'The collector does not take traces');
    },
  });
  const frames = new FrameTraces({
    clock,
    sample: wanted.sample,
    onTrace: (trace) => collector.send(trace),
  });
  log.info({ endpoint: wanted.endpoint, sample: wanted.sample }, 'Frames are traced');
  return {
    decoded: (frame) => frames.decoded(frame),
    admitted: (frame) => frames.admitted(frame),
    left: (...mark) => frames.left(...mark),
    alert: (...raised) => frames.alert(...raised),
    async close() {
      frames.close();
      await collector.close();
    },
  };
}
