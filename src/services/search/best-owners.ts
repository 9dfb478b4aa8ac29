/** A row of an owner and its score. */
interface OwnedRow {
  readonly owner: string;
  readonly row: number;
  readonly score: number;
}

/** The best owners of rows, each by their best row, while rows are met in order. */
export class BestOwners {
  readonly #limit: number;
  /** Best first; of equal ones the row that was met first. */
  readonly #best: OwnedRow[] = [];

  /** @param limit owners that are kept, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get rows(): readonly { readonly row: number; readonly score: number }[] {
    return this.#best;
  }

  /**
   * Takes the scores of rows from `first` on.
   * @param owners by row
   */
  take(owners: readonly string[], first: number, scores: Float32Array): void {
    let least = this.#least();
    for (let i = 0; i < scores.length; i += 1) {
      const score = scores[i] as number;
      // Who falls out has no better row so far, and comes back with one that is.
      if (!(score > least)) continue;
      this.#put({ owner: owners[first + i] as string, row: first + i, score });
      least = this.#least();
    }
  }

  #least(): number {
    return this.#best.length < this.#limit
      ? Number.NEGATIVE_INFINITY
      : (this.#best.at(-1)?.score ?? Number.NEGATIVE_INFINITY);
  }

  #put(found: OwnedRow): void {
    const known = this.#best.findIndex(({ owner }) => owner === found.owner);
    if (known >= 0) {
      if ((this.#best[known]?.score ?? 0) >= found.score) return;
      this.#best.splice(known, 1);
    }
    const behind = this.#best.findIndex(({ score }) => score < found.score);
    this.#best.splice(behind < 0 ? this.#best.length : behind, 0, found);
    if (this.#best.length > this.#limit) this.#best.pop();
  }
}
