import type { Detection, Face } from '../../../src/client/nightglass-client.ts';
import { ClockOffset } from './clock-offset.ts';

/** A busy machine shows its video seconds late; its boxes must still be there. */
const keepMs = 15_000;
/** A box without a newer one is shown this long, then its face counts as gone. */
const holdMs = 700;

/** A box is moved ahead of what is known this long at most, milliseconds. */
const leadMs = 300;
/** A stream whose times are further off has other times. */
const relatedMs = 60_000;
/** Stream times of the preview wrap around after so many milliseconds: 33 bits at 90 kHz. */
const streamTimeSpan = 2 ** 33 / 90;

/** The faces to be drawn, and the analysed frame that they come from. */
export interface Shown {
  readonly detection: Detection;
  readonly faces: readonly Face[];
}

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
  at(moment: number): Shown | undefined {
    return this.#around(moment - (this.#offset.value ?? 0));
  }

  /**
   * The faces of a picture of the preview, whose stream times are the camera's modulo
   * `streamTimeSpan`. When the picture is ahead of the analysis, tracked boxes move on as
   * they did. Null when nothing is known of that moment, undefined when the stream has other times.
   */
  ofPicture(streamTime: number): Shown | null | undefined {
    const last = this.#detections.at(-1);
    if (last === undefined) return undefined;
    const ahead = wrapped(streamTime - last.capturedAt);
    if (Math.abs(ahead) > relatedMs) return undefined;
    if (ahead <= 0) return this.#around(last.capturedAt + ahead) ?? null;
    if (ahead > leadMs) return null;
    const before = this.#detections.at(-2);
    const gap =
      before === undefined ? Number.POSITIVE_INFINITY : last.capturedAt - before.capturedAt;
    if (before === undefined || gap > holdMs) return { detection: last, faces: last.faces };
    // Who walks out of the picture takes the box along.
    const faces = moved(before.faces, last.faces, 1 + ahead / gap).filter(({ box }) => {
      const x = box.x + box.width / 2;
      return x >= 0 && x <= last.frameWidth;
    });
    return { detection: last, faces };
  }

  /**
   * How much older a picture of the preview is than the newest analysed frame,
   * milliseconds; undefined when the stream has other times.
   */
  behind(streamTime: number): number | undefined {
    const last = this.#detections.at(-1);
    if (last === undefined) return undefined;
    const late = -wrapped(streamTime - last.capturedAt);
    return Math.abs(late) > relatedMs ? undefined : Math.max(0, late);
  }

  /** @param time on the camera's clock */
  #around(time: number): Shown | undefined {
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

/** Shares above 1 go beyond the later faces. */
function moved(earlier: readonly Face[], later: readonly Face[], share: number): readonly Face[] {
  return later.map((face) => {
    const before = earlier.find(({ trackId }) => trackId !== null && trackId === face.trackId);
    return before === undefined ? face : { ...face, box: between(before.box, face.box, share) };
  });
}

/** A difference of times, taken the short way round the span of stream times. */
function wrapped(difference: number): number {
  return difference - Math.round(difference / streamTimeSpan) * streamTimeSpan;
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
