import type { DetectedFace } from '../domain/detection.ts';
import type { Box } from '../domain/geometry/box.ts';
import type { WatchedFrame } from '../domain/motion.ts';
import type { PartShare } from '../domain/part-share.ts';
import { CloserParts, gainsFromParts } from './motion/closer-parts.ts';

export interface CloserLooksOptions {
  readonly cameraId: string;
  /** Longer side of the detector's input, pixels. */
  readonly inputSize: number;
  /** Parts of a picture at most. */
  readonly limit: number;
  /** One for all cameras. */
  readonly share: PartShare;
  /** A small face is looked for where it was for so long, milliseconds. */
  readonly holdFor: number;
  /** Told how many parts are looked at, and how many there was no room for. */
  readonly onParts?: (looked: number, left: number) => void;
}

/** Parts of one picture to look at closer. */
export interface CloserLook {
  readonly parts: readonly Box[];
  /** The look is over, with these faces or without any. */
  done(faces: readonly DetectedFace[]): void;
}

const none: CloserLook = { parts: [], done: () => undefined };
/** Larger faces the look at the whole picture finds again, pixels of its input. */
const smallBelow = 20;

/**
 * Where one camera's pictures are looked at closer, in pixels of its own: where something moves,
 * and where a small face was a moment ago. Holds state; one a subscription.
 */
export class CloserLooks {
  readonly #options: CloserLooksOptions;
  readonly #parts = new CloserParts();
  #known: { readonly box: Box; readonly at: number }[] = [];

  constructor(options: CloserLooksOptions) {
    this.#options = options;
  }

  plan({ frame, look, moving, time }: WatchedFrame): CloserLook {
    const { cameraId, inputSize, limit, share, holdFor, onParts } = this.#options;
    const { width, height } = frame;
    if (look === 'still' || limit === 0 || !gainsFromParts(frame, inputSize)) return none;
    this.#known = this.#known.filter(({ at }) => time - at <= holdFor);
    const known = this.#known.map(({ box }) => box);
    // Chosen for nothing they would count as looked at.
    const wanted = this.#parts.count(frame, { moving, known }, limit);
    if (wanted === 0) return none;
    const grant = share.take(cameraId, wanted);
    const parts = this.#parts.choose(frame, { moving, known, time }, grant.count);
    onParts?.(parts.length, wanted - parts.length);
    return {
      parts,
      done: (faces) => {
        grant[Symbol.dispose]();
        this.#remember(faces, time, (smallBelow * Math.max(width, height)) / inputSize);
      },
    };
  }

  #remember(faces: readonly DetectedFace[], time: number, below: number): void {
    for (const { box } of faces) {
      if (Math.sqrt(box.width * box.height) >= below) continue;
      const reach = 2 * Math.max(box.width, box.height);
      this.#known = this.#known.filter(
        (other) => Math.hypot(other.box.x - box.x, other.box.y - box.y) > reach,
      );
      this.#known.push({ box, at: time });
    }
    this.#known = this.#known.slice(-32);
  }
}
