/**
 * Counts the items that wait or are worked on in the stages it is given to.
 * A source that may pause (recorded footage) waits while it is long; for live
 * cameras it is a gauge.
 */
export class Backlog {
  #size = 0;
  readonly #waiting = new Set<{ readonly below: number; readonly run: () => void }>();

  /** Items held now. */
  get size(): number {
    return this.#size;
  }

  /** Counts an item that came in. @internal used by the stages */
  enter(): void {
    this.#size += 1;
  }

  /** Counts an item that left. @internal used by the stages */
  leave(): void {
    this.#size -= 1;
    for (const waiter of [...this.#waiting]) {
      if (this.#size < waiter.below && this.#waiting.delete(waiter)) waiter.run();
    }
  }

  /**
   * Calls back once when fewer than `limit` items are held: at once if so now.
   * @returns an idempotent function that cancels the call
   */
  whenBelow(limit: number, callback: () => void): () => void {
    if (this.#size < limit) {
      callback();
      return () => undefined;
    }
    const waiter = { below: limit, run: callback };
    this.#waiting.add(waiter);
    return () => void this.#waiting.delete(waiter);
  }
}
