import { Gauge, type Registry } from 'prom-client';
import type { DriftMeasure } from '../domain/drift/drift-measure.ts';

/** A change of a camera that stands. */
export interface StandingChange {
  readonly cameraId: string;
  readonly measure: DriftMeasure;
  /** First moment of its first day, wall time, milliseconds. */
  readonly since: number;
}

export interface DriftMetrics {
  /** Who says what stands, at each scrape. */
  watch(standing: () => readonly StandingChange[]): void;
}

/** What of cameras' pictures is worse than it was. */
export function registerDriftMetrics(registry: Registry): DriftMetrics {
  let standing: () => readonly StandingChange[] = () => [];
  new Gauge({
    name: 'nightglass_camera_changed_timestamp_seconds',
    help: 'The day since which a measure of the camera is worse than in the weeks before; no series where it is as usual',
    labelNames: ['camera', 'measure'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { cameraId, measure, since } of standing()) {
        this.set({ camera: cameraId, measure }, since / 1000);
      }
    },
  });
  return {
    watch(next) {
      standing = next;
    },
  };
}
