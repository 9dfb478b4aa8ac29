import { random } from '../random-numbers.ts';

/**
 * Standard deviation of the cosine of two people, by the quantiles of the shipped recogniser
 * (models/manifest.json, `fuse`): the cosine that one pair in 10,000 exceeds is 0.3358, and a
 * normal deviate exceeds 3.719 as often.
 */
const impostorDeviation = 0.3358 / 3.719;
const tableSize = 1 << 16;

/** Draws unit vectors whose cosines are spread as those of the recogniser's templates of different people. */
export class FaceLikeTemplates {
  readonly dimension: number;
  readonly #scales: Float64Array;
  readonly #normal: Float64Array;
  readonly #next: () => number;

  /**
   * @param dimension numbers of a vector
   * @param seed whole number other than 0
   */
  constructor(dimension: number, seed: number) {
    this.dimension = dimension;
    this.#scales = scalesFor(dimension, impostorDeviation);
    this.#next = random(seed);
    this.#normal = normalQuantiles();
  }

  /** Writes somebody's template. */
  stranger(into: Float32Array): void {
    for (let i = 0; i < this.dimension; i += 1) {
      into[i] = (this.#scales[i] as number) * this.#deviate();
    }
    normalise(into);
  }

  /** Writes another view of the same person, whose cosine with `template` is `cosine`. */
  mate(template: Float32Array, cosine: number, into: Float32Array): void {
    this.stranger(into);
    let along = 0;
    for (let i = 0; i < this.dimension; i += 1) along += at(into, i) * at(template, i);
    for (let i = 0; i < this.dimension; i += 1) into[i] = at(into, i) - along * at(template, i);
    normalise(into);
    const beside = Math.sqrt(1 - cosine ** 2);
    for (let i = 0; i < this.dimension; i += 1) {
      into[i] = cosine * at(template, i) + beside * at(into, i);
    }
  }

  /** 0..1 */
  uniform(): number {
    return this.#next();
  }

  #deviate(): number {
    return at(this.#normal, Math.floor(this.#next() * tableSize));
  }
}

/**
 * Scales of independent components, falling as a power of their number, so that the cosine of two
 * draws has this standard deviation: the squares' participation ratio is its inverse square.
 */
function scalesFor(dimension: number, deviation: number): Float64Array {
  const wanted = Math.min(1 / deviation ** 2, dimension);
  let [low, high] = [0, 4];
  for (let step = 0; step < 60; step += 1) {
    const power = (low + high) / 2;
    let sum = 0;
    let squares = 0;
    for (let k = 1; k <= dimension; k += 1) {
      sum += k ** -power;
      squares += k ** (-2 * power);
    }
    if (sum ** 2 / squares > wanted) low = power;
    else high = power;
  }
  return Float64Array.from({ length: dimension }, (_, k) => Math.sqrt((k + 1) ** -low));
}

/** Normal deviates at equal steps of probability, by summing the density. */
function normalQuantiles(): Float64Array {
  const quantiles = new Float64Array(tableSize);
  const step = 1e-4;
  let below = 0;
  let x = -6;
  for (let i = 0; i < tableSize; i += 1) {
    while (below < (i + 0.5) / tableSize) {
      below += (step * Math.exp(-((x + step / 2) ** 2) / 2)) / Math.sqrt(2 * Math.PI);
      x += step;
    }
    quantiles[i] = x;
  }
  return quantiles;
}

function normalise(vector: Float32Array): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const scale = 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i += 1) vector[i] = at(vector, i) * scale;
}

function at(values: Float32Array | Float64Array, index: number): number {
  return values[index] as number;
}
