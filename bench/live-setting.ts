import type { BenchContext, FootageKind, MotionMode } from './bench.ts';
import { type LatencyResult, measureLatency } from './latency.ts';

/** One way to load the live product. */
export interface LiveSetting {
  readonly cameras: number;
  readonly footage?: FootageKind;
  readonly profile?: string | undefined;
  /** Instead of what the whole bench is run with. */
  readonly motion?: MotionMode | undefined;
  /** A recording that is searched meanwhile. */
  readonly recording?: string;
}

/** Runs the product as operators run it, once, and measures. */
export async function runLive(context: BenchContext, setting: LiveSetting): Promise<LatencyResult> {
  const { manifest, workDir, seconds, warmUpSeconds, precision } = context;
  return measureLatency({
    manifest,
    workDir,
    seconds,
    warmUpSeconds,
    precision,
    footage: await context.footage(setting.footage ?? 'usual'),
    cameras: setting.cameras,
    motion: setting.motion ?? context.motion,
    profile: setting.profile ?? context.profile,
    ...(setting.recording === undefined ? {} : { recording: setting.recording }),
  });
}

/** The same several times. */
export async function repeatLive(
  context: BenchContext,
  setting: LiveSetting,
): Promise<LatencyResult[]> {
  const results: LatencyResult[] = [];
  for (let run = 0; run < context.runs; run += 1) results.push(await runLive(context, setting));
  return results;
}
