import { createHash } from 'node:crypto';

type Value = null | number | bigint | string | Uint8Array;

/** Counts and hashes rows in the order in which they come: the same of the same values, whoever keeps them. */
export class RowDigest {
  readonly #hash = createHash('sha256');
  #rows = 0;
  #hex: string | undefined;

  /** @param row values in the order of the columns */
  add(row: readonly Value[]): void {
    this.#rows += 1;
    for (const value of row) {
      if (value === null) this.#hash.update('n;');
      else {
        const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value));
        // With its length: values must not run into each other.
        this.#hash.update(`${value instanceof Uint8Array ? 'b' : 't'}${bytes.byteLength};`);
        this.#hash.update(bytes);
      }
    }
  }

  get rows(): number {
    return this.#rows;
  }

  /** SHA-256, lower-case hex. Nothing is added any more. */
  get hex(): string {
    this.#hex ??= this.#hash.digest('hex');
    return this.#hex;
  }
}
