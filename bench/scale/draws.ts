import { random } from '../random-numbers.ts';

/** Random values of one stream. */
export class Draws {
  readonly #next: () => number;

  /** @param seed whole number; streams of neighbouring seeds have nothing to do with one another */
  constructor(seed: number) {
    // Mixed, since xorshift of like seeds begins alike (the finaliser of MurmurHash3).
    let mixed = (seed + 0x9e3779b9) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
    this.#next = random(mixed === 0 ? 1 : mixed);
  }

  /** 0 to below 1. */
  uniform(): number {
    return this.#next();
  }

  /** Exponentially distributed, of this mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#next());
  }

  /** One of these. */
  of(values: readonly number[]): number {
    return values[Math.floor(this.#next() * values.length)] as number;
  }
}
