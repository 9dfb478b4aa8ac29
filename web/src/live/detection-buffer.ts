import type { Detection, Face } from '../api/wire.ts';

const keepMs = 5_000;
/** A box without a newer one is shown this long, then its face counts as gone. */
const holdMs = 700;

interface Arrival {
  readonly at: number;
  readonly detection: Detection;
}

/** The last seconds of a camera's detections, by the time they arrived here. */
export class DetectionBuffer {
  #arrivals: Arrival[] = [];

  add(detection: Detection, now: number): void {
    this.#arrivals.push({ at: now, detection });
    const oldest = this.#arrivals[0];
    if (oldest !== undefined && now - oldest.at > keepMs) {
      this.#arrivals = this.#arrivals.filter(({ at }) => now - at <= keepMs);
    }
  }

  /** The faces as of `time`: between two analysed frames a tracked box is half-way. */
  at(time: number): { readonly detection: Detection; readonly faces: readonly Face[] } | undefined {
    const next = this.#arrivals.findIndex(({ at }) => at > time);
    const index = next === -1 ? this.#arrivals.length - 1 : next - 1;
    const before = this.#arrivals[index];
    if (before === undefined || time - before.at > holdMs) return undefined;
    const after = this.#arrivals[index + 1];
    if (after === undefined || after.at - before.at > holdMs) {
      return { detection: before.detection, faces: before.detection.faces };
    }
    const share = (time - before.at) / (after.at - before.at);
    const faces = before.detection.faces.map((face) => {
      const later = after.detection.faces.find(
        ({ trackId }) => trackId !== null && trackId === face.trackId,
      );
      return later === undefined ? face : { ...face, box: between(face.box, later.box, share) };
    });
    return { detection: before.detection, faces };
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
