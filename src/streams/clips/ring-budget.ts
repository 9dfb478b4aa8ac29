/** What of a ring a budget needs. */
interface Ring {
  readonly oldest: { readonly at: number; readonly isNeeded: boolean } | undefined;
  drop(reason: 'total_budget'): void;
}

/** The bytes that the rings of all cameras share. */
export class RingBudget {
  readonly #maxBytes: number;
  readonly #rings = new Set<Ring>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A ring holds so many bytes more, or less. */
  change(bytes: number): void {
    this.#bytes += bytes;
  }

  join(ring: Ring): void {
    this.#rings.add(ring);
  }

  leave(ring: Ring): void {
    this.#rings.delete(ring);
  }

  /** Where there is too much, the oldest of all goes; what a recording needs goes last. */
  relieve(): void {
    while (this.#bytes > this.#maxBytes) {
      const [first] = [...this.#rings]
        .flatMap((ring) => (ring.oldest === undefined ? [] : [{ ring, ...ring.oldest }]))
        .sort((a, b) => Number(a.isNeeded) - Number(b.isNeeded) || a.at - b.at);
      if (first === undefined) return;
      first.ring.drop('total_budget');
    }
  }
}
