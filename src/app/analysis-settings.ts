import type { Config } from '../config/schema.ts';
import type { AnalysisSettings } from './analysis-contract.ts';
import type { CameraSetOptions } from './camera-set.ts';

/** What the configuration says of the way of a camera's frames. */
export function analysisSettings(
  config: Config,
  { id, scene, quiet }: Parameters<CameraSetOptions['analyse']>[1],
): AnalysisSettings {
  const { alerts, detection, keyframes, quality, tracking } = config;
  return {
    cameraId: id,
    scene,
    quiet,
    inputSize: detection.inputSize,
    rate: detection.rate,
    minScore: detection.minScore,
    maxAge: detection.maxAge,
    maxOcclusion: tracking.maxOcclusion,
    minHits: tracking.minHits,
    minInterEyeDistance: quality.minInterEyeDistance,
    minQuality: quality.minScore,
    keyframesPerTrack: keyframes.perTrack,
    quietPeriod: alerts.quietPeriod,
    joinWithin: alerts.joinWithin,
    stillAfter: alerts.stillAfter,
  };
}
