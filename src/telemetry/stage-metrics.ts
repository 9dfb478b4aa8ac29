import { Histogram, type Registry } from 'prom-client';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Stages of the way of a frame; a closed set, it is a metric's label. */
export const stages = [
  'detect',
  'track',
  'quality',
  'keyframe',
  'align',
  'enhance',
  'embed',
  'fuse',
  'match',
  'alert',
] as const;
export type Stage = (typeof stages)[number];

export interface StageMetrics {
  /** Time that a stage took, seconds. */
  duration(stage: Stage, value: number): void;
  /** Age of a result against its frame's capture as it left the stage, seconds. */
  age(stage: Stage, value: number): void;
}

export function registerStageMetrics(registry: Registry): StageMetrics {
  const duration = new Histogram({
    name: 'nightglass_stage_duration_seconds',
    help: 'Time from entering to leaving a stage (keyframe has none: it waits on purpose)',
    labelNames: ['stage'],
    buckets: seconds,
    registers: [registry],
  });
  const age = new Histogram({
    name: 'nightglass_frame_age_seconds',
    help: 'Time from capture of the frame to leaving a stage',
    labelNames: ['stage'],
    buckets: seconds,
    registers: [registry],
  });
  return {
    duration: (stage, value) => duration.observe({ stage }, value),
    age: (stage, value) => age.observe({ stage }, value),
  };
}
