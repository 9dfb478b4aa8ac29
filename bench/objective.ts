import type { LatencyResult } from './latency.ts';

/** Frames a second of a camera that are analysed, as the product does by default. */
export const analysedRate = 5;
/** What "held" means, for the product and for its peer alike. */
export const objective = {
  /** Of the frames due, 0..1. */
  analysed: 0.98,
  /** Age of a detection at the 99th percentile, milliseconds. */
  detectionP99: 500,
} as const;

/** Alerts of the product, milliseconds; as in config/prometheus. */
export const alertP99Limit = 1000;

export const objectiveInWords = `at least ${objective.analysed * 100} % of the frames due at ${analysedRate} a second analysed, and 99 % of the detections out within ${objective.detectionP99} ms of the frame's arrival`;

/**
 * Share of the frames analysed that the cameras' schedule makes due. Of the pictures that a quiet
 * scene leaves undecoded by choice those count as analysed that would have been due.
 */
export function analysedShare({ cameras, drops, seconds, work }: LatencyResult): number {
  const resting = drops['resting'] ?? 0;
  const arrived = work.framesDecoded + resting;
  const due = cameras * analysedRate * seconds;
  return (work.framesAnalysed + resting * Math.min(1, due / arrived)) / due;
}

/** Why a number of cameras is not held, or null. */
export function objectiveBroken(share: number, detectionP99: number): string | null {
  if (share < objective.analysed) return `${(share * 100).toFixed(1)} % of the frames analysed`;
  if (!(detectionP99 <= objective.detectionP99)) {
    return `detections take up to ${Math.round(detectionP99)} ms (p99)`;
  }
  return null;
}
