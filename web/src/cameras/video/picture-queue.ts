import type { CodedPicture } from './coded-picture.ts';

/** `keys` leaves out all but key pictures: about one a second instead of up to 25. */
export type VideoMode = 'all' | 'keys';

/** Pictures that may wait for the decoder: half a second of video. */
const mostWaiting = 12;

/**
 * Coded pictures on their way to the decoder. A live picture is never shown
 * late: what cannot be decoded in time is left out up to the next key picture,
 * and counted.
 */
export class PictureQueue {
  readonly #atFirst: number;
  #most: number;
  #waiting: CodedPicture[] = [];
  #needsKey = true;
  #mode: VideoMode = 'all';
  /** Pictures that came, and those that were left out since decoding was too slow. */
  received = 0;
  skipped = 0;

  /** @param atFirst so many may wait until it was empty once: a stream may begin with a whole group */
  constructor(atFirst = mostWaiting) {
    this.#atFirst = atFirst;
    this.#most = atFirst;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  set mode(mode: VideoMode) {
    this.#mode = mode;
  }

  push(picture: CodedPicture): void {
    this.received += 1;
    if (picture.key) this.#needsKey = false;
    else if (this.#mode === 'keys' || this.#needsKey) {
      // What refers to a picture that was left out cannot be decoded.
      this.#needsKey = true;
      return;
    }
    this.#waiting.push(picture);
    if (this.#waiting.length > this.#most) this.#catchUp();
  }

  take(): CodedPicture | undefined {
    const next = this.#waiting.shift();
    if (next !== undefined && this.#waiting.length === 0) this.#most = mostWaiting;
    return next;
  }

  /** Begins again, with the next key picture: what waits is of no use any more. */
  restart(): void {
    this.#waiting = [];
    this.#needsKey = true;
    this.#most = this.#atFirst;
  }

  /** Goes on at the newest key picture that waits, or at the next one that comes. */
  #catchUp(): void {
    const at = this.#waiting.findLastIndex(({ key }) => key);
    this.#needsKey = at === -1;
    const kept = at === -1 ? [] : this.#waiting.slice(at);
    // A group that is longer than the queue leaves nothing to go on with.
    const rest = kept.length > this.#most ? [] : kept;
    if (kept.length !== rest.length) this.#needsKey = true;
    this.skipped += this.#waiting.length - rest.length;
    this.#waiting = rest;
  }
}
