/** Nothing must have moved, and no face been found, for so long, milliseconds. */
const calms = 3_000;
/** What was not looked at for so long is not known to be quiet, milliseconds. */
const known = 3_000;
/** After a doubt every picture is decoded for so long, milliseconds: long enough to be looked at. */
const doubts = 1_000;

/**
 * Whether nothing happens at one camera: what watches for motion says so, what decodes its
 * pictures asks. Times are monotonic, milliseconds.
 */
export class QuietScene {
  #lookEvery: number | null;
  #stirredAt: number | null = null;
  #seenAt = Number.NEGATIVE_INFINITY;
  #doubtedUntil = Number.NEGATIVE_INFINITY;

  /** @param lookEvery milliseconds; null: the scene is never said to be quiet */
  constructor(lookEvery: number | null) {
    this.#lookEvery = lookEvery;
  }

  /** A picture is decoded at least so often, milliseconds; null: all are. */
  get lookEvery(): number | null {
    return this.#lookEvery;
  }

  /** Other settings of the camera are in force: what is known of the scene was found by those before. */
  begin(lookEvery: number | null): void {
    this.#lookEvery = lookEvery;
    this.#stirredAt = null;
  }

  /** A picture was watched. @param stirs whether something moves in it or a track may live */
  seen(at: number, stirs: boolean): void {
    this.#seenAt = Math.max(this.#seenAt, at);
    if (stirs || this.#stirredAt === null) this.#stirredAt = at;
  }

  /** Something may have happened: the next pictures are to be looked at. */
  doubt(at: number): void {
    this.#doubtedUntil = at + doubts;
  }

  isQuiet(at: number): boolean {
    return (
      this.#lookEvery !== null &&
      this.#stirredAt !== null &&
      at - this.#stirredAt >= calms &&
      at - this.#seenAt <= known + this.#lookEvery &&
      at >= this.#doubtedUntil
    );
  }
}
