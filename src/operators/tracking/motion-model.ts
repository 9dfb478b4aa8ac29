import type { Box } from '../../domain/geometry/box.ts';
import { AxisFilter } from './axis-filter.ts';

// All of these are in face sizes (square root of the box's area), so that they
// hold at any distance: a face some 0.2 m high whose owner walks at 1.5 m/s
// moves 7 sizes a second when crossing the view, 1 to 2 when coming nearer.
/** Standard deviation of a detected centre. */
const centreNoise = 0.12;
/** Standard deviation of the logarithm of a detected size. */
const sizeNoise = 0.15;
/** Standard deviation of a new track's velocity, sizes a second. */
const firstVelocity = 4;
/** Spectral density of the acceleration, sizes^2/s^3. */
const acceleration = 3;
const sizeAcceleration = 0.1;

/** Squared distance in standard deviations, over three dimensions, beyond which nothing matches (99.7 %). */
const gate = 14;

/** What a second unseen costs, in squared standard deviations. */
const hidden = 8;

/** Where a face is expected, and how surely: constant velocity of centre and size. */
export class MotionModel {
  readonly #x: AxisFilter;
  readonly #y: AxisFilter;
  readonly #logSize: AxisFilter;
  /** Seconds predicted since the last detection. */
  #coasting = 0;

  constructor(box: Box) {
    const size = sizeOf(box);
    const centre = centreOf(box);
    const place = (centreNoise * size) ** 2;
    const velocity = (firstVelocity * size) ** 2;
    this.#x = new AxisFilter(centre.x, place, velocity);
    this.#y = new AxisFilter(centre.y, place, velocity / 4);
    this.#logSize = new AxisFilter(Math.log(size), sizeNoise ** 2, 0.3 ** 2);
  }

  get size(): number {
    return Math.exp(this.#logSize.value);
  }

  get centre(): { x: number; y: number } {
    return { x: this.#x.value, y: this.#y.value };
  }

  predict(seconds: number): void {
    if (seconds <= 0) return;
    const size = this.size;
    this.#coasting += seconds;
    this.#x.predict(seconds, acceleration * size * size);
    this.#y.predict(seconds, (acceleration / 2) * size * size);
    this.#logSize.predict(seconds, sizeAcceleration);
  }

  correct(box: Box): void {
    const size = sizeOf(box);
    const centre = centreOf(box);
    const place = (centreNoise * size) ** 2;
    this.#x.correct(centre.x, place);
    this.#y.correct(centre.y, place);
    this.#logSize.correct(Math.log(size), sizeNoise ** 2);
    this.#coasting = 0;
  }

  /**
   * How unlikely the box is as this face's next place: squared distance in
   * standard deviations, plus the logarithm of the uncertainty and a charge for
   * the time unseen, so that where two tracks expect a face at one place it goes
   * to the one in view: the other is hidden behind it. `Infinity` outside of the gate.
   */
  cost(box: Box): number {
    const size = this.size;
    const centre = centreOf(box);
    const place = (centreNoise * size) ** 2;
    const dx = centre.x - this.#x.value;
    const dy = centre.y - this.#y.value;
    const dSize = Math.log(sizeOf(box)) - this.#logSize.value;
    // Uncertainty alone would let a track unseen for two seconds take any face in the picture.
    const reach = (1.5 + 3.5 * this.#coasting) * size;
    if (dx * dx + dy * dy > reach * reach || Math.abs(dSize) > 0.8) return Number.POSITIVE_INFINITY;
    const varianceX = this.#x.variance + place;
    const varianceY = this.#y.variance + place;
    const varianceSize = this.#logSize.variance + sizeNoise ** 2;
    const distance = (dx * dx) / varianceX + (dy * dy) / varianceY + (dSize * dSize) / varianceSize;
    if (distance > gate) return Number.POSITIVE_INFINITY;
    const uncertainty = Math.log((varianceX * varianceY * varianceSize) / size ** 4 + 1);
    return distance + uncertainty + hidden * this.#coasting;
  }
}

function sizeOf(box: Box): number {
  return Math.sqrt(Math.max(1, box.width * box.height));
}

function centreOf(box: Box): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
