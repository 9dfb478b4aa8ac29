import type { CameraMotion, RecentActivity } from '../domain/camera-status.ts';
import type { Clock } from '../domain/clock.ts';
import type { LookReason } from '../domain/motion.ts';
import { RollingSlices } from './rolling-slices.ts';

interface Slice {
  frames: number;
  faces: number;
  keyframes: number;
  readonly looks: Map<LookReason, number>;
  readonly rejected: Map<string, number>;
  readonly quality: Uint32Array;
}

interface Camera {
  tracks: number;
  /** Monotonic milliseconds; null where motion is not watched. */
  movedAt: number | null;
  readonly slices: RollingSlices<Slice>;
}

const qualityBins = 10;
/** What moved within this time counts as moving, milliseconds. */
const movesFor = 2_000;

/** Counts what each camera shows, for people to look at; metrics are the long memory. */
export class CameraActivity {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #cameras = new Map<string, Camera>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @param qualities unified quality of each face of the frame, 0..100 */
  frame(cameraId: string, qualities: readonly number[]): void {
    const slice = this.#slice(cameraId);
    slice.frames += 1;
    slice.faces += qualities.length;
    for (const quality of qualities) {
      const bin = Math.min(qualityBins - 1, Math.max(0, Math.floor(quality / qualityBins)));
      slice.quality[bin] = (slice.quality[bin] ?? 0) + 1;
    }
  }

  /** @param moves whether something moves in the picture */
  watched(cameraId: string, look: LookReason, moves: boolean): void {
    const { looks } = this.#slice(cameraId);
    looks.set(look, (looks.get(look) ?? 0) + 1);
    const camera = this.#camera(cameraId);
    if (look === 'always') camera.movedAt = null;
    else if (moves) camera.movedAt = this.#clock.monotonic();
    else camera.movedAt ??= Number.NEGATIVE_INFINITY;
  }

  /** Whether something moved at a camera a moment ago. */
  motion(cameraId: string): CameraMotion {
    const movedAt = this.#cameras.get(cameraId)?.movedAt ?? null;
    if (movedAt === null) return 'unwatched';
    return this.#clock.monotonic() - movedAt < movesFor ? 'moving' : 'still';
  }

  rejected(cameraId: string, reason: string): void {
    const { rejected } = this.#slice(cameraId);
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  }

  keyframe(cameraId: string): void {
    this.#slice(cameraId).keyframes += 1;
  }

  tracks(cameraId: string, active: number): void {
    this.#camera(cameraId).tracks = active;
  }

  forget(cameraId: string): void {
    this.#cameras.delete(cameraId);
  }

  /** Faces in view now. */
  tracksActive(cameraId: string): number {
    return this.#cameras.get(cameraId)?.tracks ?? 0;
  }

  recent(cameraId: string): RecentActivity {
    const { slices } = this.#camera(cameraId);
    const sum = newSlice();
    for (const slice of slices.all()) {
      sum.frames += slice.frames;
      sum.faces += slice.faces;
      sum.keyframes += slice.keyframes;
      for (const [look, count] of slice.looks) {
        sum.looks.set(look, (sum.looks.get(look) ?? 0) + count);
      }
      for (const [reason, count] of slice.rejected) {
        sum.rejected.set(reason, (sum.rejected.get(reason) ?? 0) + count);
      }
      for (const [bin, count] of slice.quality.entries()) {
        sum.quality[bin] = (sum.quality[bin] ?? 0) + count;
      }
    }
    return {
      seconds: slices.windowSeconds,
      frames: sum.frames,
      faces: sum.faces,
      keyframes: sum.keyframes,
      looks: Object.fromEntries(sum.looks),
      rejected: Object.fromEntries(sum.rejected),
      quality: [...sum.quality],
    };
  }

  #slice(cameraId: string): Slice {
    return this.#camera(cameraId).slices.current();
  }

  #camera(cameraId: string): Camera {
    let camera = this.#cameras.get(cameraId);
    if (camera === undefined) {
      const slices = new RollingSlices({
        clock: this.#clock,
        sliceMs: 30_000,
        slices: 20,
        create: newSlice,
      });
      camera = { tracks: 0, movedAt: null, slices };
      this.#cameras.set(cameraId, camera);
    }
    return camera;
  }
}

function newSlice(): Slice {
  return {
    frames: 0,
    faces: 0,
    keyframes: 0,
    looks: new Map(),
    rejected: new Map(),
    quality: new Uint32Array(qualityBins),
  };
}
