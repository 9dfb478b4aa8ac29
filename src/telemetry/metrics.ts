import { collectDefaultMetrics, Registry } from 'prom-client';
import type { FrameLedger } from '../frame/ledger.ts';
import { type FaceMetrics, registerFaceMetrics } from './face-metrics.ts';
import { registerFrameMetrics } from './frame-metrics.ts';
import { type InferenceMetrics, registerInferenceMetrics } from './inference-metrics.ts';
import { registerStageMetrics, type StageMetrics } from './stage-metrics.ts';
import { registerSystemMetrics, type SystemMetrics } from './system-metrics.ts';

export interface Metrics {
  readonly stages: StageMetrics;
  readonly faces: FaceMetrics;
  readonly inference: InferenceMetrics;
  readonly system: SystemMetrics;
  /** The Prometheus text exposition. */
  text(): Promise<string>;
  close(): void;
}

/**
 * All metrics of a process, in a registry of their own. No label ever names a
 * track or a person.
 */
export function createMetrics(options: { ledger: FrameLedger; version: string }): Metrics {
  const registry = new Registry();
  // Event-loop delay, memory, CPU, garbage collection.
  collectDefaultMetrics({ register: registry });
  registerFrameMetrics(registry, options.ledger);
  return {
    stages: registerStageMetrics(registry),
    faces: registerFaceMetrics(registry),
    inference: registerInferenceMetrics(registry),
    system: registerSystemMetrics(registry, options.version),
    text: () => registry.metrics(),
    close: () => registry.clear(),
  };
}
