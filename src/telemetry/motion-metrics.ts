import { Counter, Gauge, type Registry } from 'prom-client';
import { type LookReason, lookReasons } from '../domain/motion.ts';

/** What became of parts that were worth a closer look. */
export const partOutcomes = ['looked', 'no_room'] as const;

export interface MotionMetrics {
  /** A picture was judged. */
  watched(camera: string, look: LookReason, moves: boolean): void;
  /** Parts of a picture were looked at closer, others left for want of room. */
  parts(camera: string, looked: number, left: number): void;
  /** Starts at 0 what grows with the first event: rates and increases miss a series' first value. */
  expect(camera: string): void;
  forget(camera: string): void;
}

/** Which pictures faces are looked for in, and why. */
export function registerMotionMetrics(registry: Registry): MotionMetrics {
  const registers = [registry];
  const pictures = new Counter({
    name: 'nightglass_motion_pictures_total',
    help: 'Pictures by why faces were looked for in them; still: nothing moved, and none was looked for',
    labelNames: ['camera', 'look'],
    registers,
  });
  const motion = new Gauge({
    name: 'nightglass_camera_motion',
    help: '1 where something moved in the newest picture',
    labelNames: ['camera'],
    registers,
  });
  const parts = new Counter({
    name: 'nightglass_closer_looks_total',
    help: 'Parts of large pictures that were looked at in more detail where something moves; no_room: left out, for the detector had other work',
    labelNames: ['camera', 'part'],
    registers,
  });
  return {
    parts(camera, looked, left) {
      parts.inc({ camera, part: 'looked' }, looked);
      parts.inc({ camera, part: 'no_room' }, left);
    },
    watched(camera, look, moves) {
      pictures.inc({ camera, look });
      motion.set({ camera }, moves ? 1 : 0);
    },
    expect(camera) {
      for (const look of lookReasons) pictures.inc({ camera, look }, 0);
      for (const part of partOutcomes) parts.inc({ camera, part }, 0);
      motion.set({ camera }, 0);
    },
    forget(camera) {
      for (const look of lookReasons) pictures.remove({ camera, look });
      for (const part of partOutcomes) parts.remove({ camera, part });
      motion.remove({ camera });
    },
  };
}
