import { pictureAt } from './clip-times.ts';

/** What of a video element stepping needs. */
export interface SeekablePlayer {
  /** Seconds. */
  currentTime: number;
  readonly paused: boolean;
  pause(): void;
}

/** A little into a picture, so that rounding shows no other, seconds. */
const within = 0.001;

/**
 * Where a clip stands. A picture takes time to be drawn and keys do not wait for it: steps count
 * from where the last one leads, whatever the player shows by then.
 */
export class ClipPosition {
  readonly #pictures: readonly number[];
  readonly #player: () => SeekablePlayer | null;
  readonly #onMoved: (time: number) => void;
  #time: number;

  /**
   * @param pictures when each is shown, milliseconds, rising
   * @param time where it begins
   * @param player null while there is none
   * @param onMoved told the time that is to be shown
   */
  constructor(
    pictures: readonly number[],
    time: number,
    player: () => SeekablePlayer | null,
    onMoved: (time: number) => void,
  ) {
    this.#pictures = pictures;
    this.#time = time;
    this.#player = player;
    this.#onMoved = onMoved;
  }

  /** Milliseconds from the start. */
  get time(): number {
    return this.#time;
  }

  goTo(time: number): void {
    const player = this.#player();
    player?.pause();
    if (player !== null) player.currentTime = time / 1000 + within;
    this.#move(time);
  }

  /** By so many pictures; not beyond the first or last. */
  step(by: number): void {
    this.follow();
    const last = this.#pictures.length - 1;
    const index = Math.max(0, Math.min(last, pictureAt(this.#pictures, this.#time) + by));
    const time = this.#pictures[index];
    if (time !== undefined) this.goTo(time);
  }

  /** Takes the time from the player while it plays: only then does it move by itself. */
  follow(): void {
    const player = this.#player();
    if (player !== null && !player.paused) this.#move(player.currentTime * 1000);
  }

  #move(time: number): void {
    if (time === this.#time) return;
    this.#time = time;
    this.#onMoved(time);
  }
}
