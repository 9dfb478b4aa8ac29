import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type ClipReason, clipReasons } from '../domain/clip.ts';

/** Why pictures had to leave memory before their time. */
export const ringLosses = ['camera_budget', 'total_budget'] as const;

/** What is asked at each scrape. */
export interface ClipState {
  readonly rings: readonly {
    readonly cameraId: string;
    readonly bytes: number;
    /** Milliseconds. */
    readonly held: number;
  }[];
  readonly recordings: number;
  readonly waiting: number;
  /** Bytes on the disk. */
  readonly stored: number;
}

export interface ClipMetrics {
  watch(state: () => ClipState): void;
  lost(camera: string, reason: (typeof ringLosses)[number], pictures: number): void;
  none(camera: string, reason: ClipReason): void;
  kept(camera: string, seconds: number): void;
  expect(camera: string): void;
  forget(camera: string): void;
}

/** The seconds around alerts. */
export function registerClipMetrics(registry: Registry): ClipMetrics {
  const registers = [registry];
  let state: () => ClipState = () => ({ rings: [], recordings: 0, waiting: 0, stored: 0 });
  registerState(registry, () => state());
  const lost = new Counter({
    name: 'nightglass_clip_ring_lost_total',
    help: 'Coded pictures that had to leave memory before their time',
    labelNames: ['camera', 'reason'],
    registers,
  });
  const none = new Counter({
    name: 'nightglass_clips_dropped_total',
    help: 'Appearances without a clip, by why',
    labelNames: ['camera', 'reason'],
    registers,
  });
  const kept = new Counter({
    name: 'nightglass_clips_total',
    help: 'Clips that were stored',
    labelNames: ['camera'],
    registers,
  });
  const writing = new Histogram({
    name: 'nightglass_clip_write_seconds',
    help: 'Time from the last picture of a clip until it is stored',
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  });
  return {
    watch(next) {
      state = next;
    },
    lost: (camera, reason, pictures) => lost.inc({ camera, reason }, pictures),
    none: (camera, reason) => none.inc({ camera, reason }),
    kept(camera, seconds) {
      kept.inc({ camera });
      writing.observe(seconds);
    },
    expect(camera) {
      for (const reason of ringLosses) lost.inc({ camera, reason }, 0);
      for (const reason of clipReasons) none.inc({ camera, reason }, 0);
      kept.inc({ camera }, 0);
    },
    forget(camera) {
      for (const reason of ringLosses) lost.remove({ camera, reason });
      for (const reason of clipReasons) none.remove({ camera, reason });
      kept.remove({ camera });
    },
  };
}

/** What is read at each scrape. */
function registerState(registry: Registry, state: () => ClipState): void {
  const registers = [registry];
  new Gauge({
    name: 'nightglass_clip_ring_bytes',
    help: 'Coded pictures that are held in memory for clips',
    labelNames: ['camera'],
    registers,
    collect() {
      this.reset();
      for (const { cameraId, bytes } of state().rings) this.set({ camera: cameraId }, bytes);
    },
  });
  new Gauge({
    name: 'nightglass_clip_ring_seconds',
    help: 'Time from the oldest to the newest picture that is held in memory for clips',
    labelNames: ['camera'],
    registers,
    collect() {
      this.reset();
      for (const { cameraId, held } of state().rings) this.set({ camera: cameraId }, held / 1000);
    },
  });
  new Gauge({
    name: 'nightglass_clip_stored_bytes',
    help: 'What clips take of the disk',
    registers,
    collect() {
      this.set(state().stored);
    },
  });
  new Gauge({
    name: 'nightglass_clip_recordings',
    help: 'Clips that wait for their last seconds',
    registers,
    collect() {
      this.set(state().recordings);
    },
  });
}
