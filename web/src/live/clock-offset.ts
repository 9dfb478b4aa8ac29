const windowMs = 5_000;

/**
 * How a far clock stands to this page's, from the messages that carry its
 * time: the quickest of the last seconds is taken, since delay only adds.
 */
export class ClockOffset {
  #started = 0;
  #current = Number.POSITIVE_INFINITY;
  #previous = Number.POSITIVE_INFINITY;

  /** A message that carries the far time `remote` arrived at `local`, both in milliseconds. */
  add(remote: number, local: number): void {
    if (local - this.#started > windowMs) {
      this.#previous = this.#current;
      this.#current = Number.POSITIVE_INFINITY;
      this.#started = local;
    }
    this.#current = Math.min(this.#current, local - remote);
  }

  /** Local time less far time; undefined before the first message. */
  get value(): number | undefined {
    const least = Math.min(this.#current, this.#previous);
    return Number.isFinite(least) ? least : undefined;
  }
}
