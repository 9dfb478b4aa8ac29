import type { Detection, Face } from '../api/wire.ts';
import { ClockOffset } from './clock-offset.ts';

const keepMs = 5_000;
/** A box without a newer one is shown this long, then its face counts as gone. */
const holdMs = 700;

/** The last seconds of a camera's detections, by the time of their capture. */
export class DetectionBuffer {
  #detections: Detection[] = [];
  #offset = new ClockOffset();

  /** When the newest detection arrived on this page's clock; undefined before the first. */
  arrivedAt: number | undefined;

  /** Faces of the newest detection. */
  get faces(): number {
    return this.#detections.at(-1)?.faces.length ?? 0;
  }

  /** @param now time of arrival on this page's clock, milliseconds */
  add(detection: Detection, now: number): void {
    const { capturedAt } = detection;
    this.arrivedAt = now;
    const last = this.#detections.at(-1);
    if (last !== undefined && capturedAt < last.capturedAt) {
      // The server's clock was set back.
      this.#detections = [];
      this.#offset = new ClockOffset();
    }
    this.#offset.add(capturedAt, now);
    this.#detections.push(detection);
    const oldest = this.#detections[0];
    if (oldest !== undefined && capturedAt - oldest.capturedAt > keepMs) {
      this.#detections = this.#detections.filter((kept) => capturedAt - kept.capturedAt <= keepMs);
    }
  }

  /**
   * The faces of a moment on this page's clock, as if analysis took no longer than at its
   * quickest. Between two analysed frames a tracked box is half-way.
   */
  at(
    moment: number,
  ): { readonly detection: Detection; readonly faces: readonly Face[] } | undefined {
    const time = moment - (this.#offset.value ?? 0);
    const next = this.#detections.findIndex(({ capturedAt }) => capturedAt > time);
    const index = next === -1 ? this.#detections.length - 1 : next - 1;
    const before = this.#detections[index];
    if (before === undefined || time - before.capturedAt > holdMs) return undefined;
    const after = this.#detections[index + 1];
    const gap = after === undefined ? 0 : after.capturedAt - before.capturedAt;
    if (after === undefined || gap > holdMs) return { detection: before, faces: before.faces };
    const share = (time - before.capturedAt) / gap;
    const faces = before.faces.map((face) => {
      const later = after.faces.find(({ trackId }) => trackId !== null && trackId === face.trackId);
      return later === undefined ? face : { ...face, box: between(face.box, later.box, share) };
    });
    return { detection: before, faces };
  }
}

function between(a: Face['box'], b: Face['box'], share: number): Face['box'] {
  const mix = (from: number, to: number) => from + (to - from) * share;
  return {
    x: mix(a.x, b.x),
    y: mix(a.y, b.y),
    width: mix(a.width, b.width),
    height: mix(a.height, b.height),
  };
}
