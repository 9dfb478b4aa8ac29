/** Share of a new size in the mean and in the mean deviation. */
const share = 0.1;
/** Sizes seen before one can be unusual. */
const enough = 20;
/** An unusual size is above the mean by so many mean deviations, and by this share of it. */
const deviations = 6;
const least = 0.2;

/**
 * Bytes of a still scene's pictures between key pictures. Movement needs bytes: in a clean picture
 * somebody who comes in shows in them at once; in one full of noise they tell nothing.
 */
export class CodedSizes {
  #count = 0;
  #mean = 0;
  #deviation = 0;

  /** Takes a size and says whether it stands out of those before. */
  isUnusual(bytes: number): boolean {
    const above = bytes - this.#mean;
    const isUnusual =
      this.#count >= enough && above > Math.max(deviations * this.#deviation, least * this.#mean);
    if (this.#count === 0) this.#mean = bytes;
    this.#deviation += share * (Math.abs(bytes - this.#mean) - this.#deviation);
    this.#mean += share * (bytes - this.#mean);
    this.#count += 1;
    return isUnusual;
  }
}
