import type { DetectionEvent } from '../../domain/live-events.ts';

/** Analysed pictures kept at most, of one camera: a minute at 30 a second. */
const maxFrames = 1_800;

/** What was seen in the last seconds before each camera: boxes and tracks, in memory alone. */
export class FaceLog {
  readonly #hold: number;
  readonly #frames = new Map<string, DetectionEvent[]>();

  /** @param hold milliseconds */
  constructor(hold: number) {
    this.#hold = hold;
  }

  push(event: DetectionEvent): void {
    const { cameraId, capturedAt } = event;
    const frames = this.#frames.get(cameraId) ?? [];
    this.#frames.set(cameraId, frames);
    frames.push(event);
    const old = frames.findIndex((frame) => frame.capturedAt >= capturedAt - this.#hold);
    frames.splice(0, Math.max(old, frames.length - maxFrames));
  }

  /** Captured from `from` to `until`, wall milliseconds, oldest first. */
  between(cameraId: string, from: number, until: number): readonly DetectionEvent[] {
    const frames = this.#frames.get(cameraId) ?? [];
    return frames.filter(({ capturedAt }) => capturedAt >= from && capturedAt <= until);
  }

  forget(cameraId: string): void {
    this.#frames.delete(cameraId);
  }
}
