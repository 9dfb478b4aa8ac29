import type { DropReason, FrameLedger } from './ledger.ts';
import type { Picture } from './picture.ts';

export interface FrameInit {
  readonly cameraId: string;
  /** Number of the frame within its camera's session, from 0, without gaps before drops. */
  readonly sequence: number;
  /** Media time of the frame, milliseconds. */
  readonly mediaTime: number;
  /** Wall time when the frame's last packet arrived, milliseconds since the Unix epoch. */
  readonly capturedAt: number;
  /** The same instant on the monotonic clock, milliseconds. */
  readonly capturedMonotonic: number;
  readonly picture: Picture;
  readonly ledger: FrameLedger;
}

/**
 * One picture of one camera, owned by exactly one stage at a time: the owner
 * passes it on or disposes of it.
 */
export class Frame implements Disposable {
  readonly cameraId: string;
  readonly sequence: number;
  readonly mediaTime: number;
  readonly capturedAt: number;
  readonly capturedMonotonic: number;
  readonly width: number;
  readonly height: number;
  readonly #picture: Picture;
  readonly #ledger: FrameLedger;
  #disposed = false;
  #onDisposed: (() => void)[] | undefined;

  private constructor(init: FrameInit) {
    this.cameraId = init.cameraId;
    this.sequence = init.sequence;
    this.mediaTime = init.mediaTime;
    this.capturedAt = init.capturedAt;
    this.capturedMonotonic = init.capturedMonotonic;
    this.width = init.picture.width;
    this.height = init.picture.height;
    this.#picture = init.picture;
    this.#ledger = init.ledger;
  }

  /** Takes ownership of `init.picture`. */
  static create(init: FrameInit): Frame {
    const frame = new Frame(init);
    init.ledger.opened(frame, init.cameraId);
    return frame;
  }

  /** The picture; throws a `TypeError` after disposal. */
  get picture(): Picture {
    if (this.#disposed) throw new TypeError('Cannot read a frame: it is disposed');
    return this.#picture;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Disposes of the frame and counts why. Does nothing on a disposed frame. */
  drop(reason: DropReason): void {
    if (this.#disposed) return;
    this.#ledger.drop(this.cameraId, reason);
    this[Symbol.dispose]();
  }

  /**
   * Calls back once the frame is disposed of; at once if it is already. This is
   * how flow control learns that the stages behind have room.
   */
  onDisposed(callback: () => void): void {
    if (this.#disposed) {
      callback();
    } else {
      this.#onDisposed ??= [];
      this.#onDisposed.push(callback);
    }
  }

  /** Frees the picture. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#ledger.closed(this);
    this.#picture.dispose();
    const callbacks = this.#onDisposed;
    this.#onDisposed = undefined;
    for (const callback of callbacks ?? []) callback();
  }
}
