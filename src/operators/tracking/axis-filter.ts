/**
 * Constant-velocity Kalman filter of one quantity, driven by white
 * acceleration noise (Bar-Shalom, Li and Kirubarajan, "Estimation with
 * Applications to Tracking and Navigation", section 6.2.2). Time in seconds.
 */
export class AxisFilter {
  #value: number;
  #velocity = 0;
  #valueVariance: number;
  #velocityVariance: number;
  #covariance = 0;

  constructor(value: number, valueVariance: number, velocityVariance: number) {
    this.#value = value;
    this.#valueVariance = valueVariance;
    this.#velocityVariance = velocityVariance;
  }

  get value(): number {
    return this.#value;
  }

  get variance(): number {
    return this.#valueVariance;
  }

  get velocity(): number {
    return this.#velocity;
  }

  /** Moves on by `seconds`; `noise` is the spectral density of the acceleration. */
  predict(seconds: number, noise: number): void {
    const t = seconds;
    this.#value += this.#velocity * t;
    this.#valueVariance +=
      2 * t * this.#covariance + t * t * this.#velocityVariance + (noise * t ** 3) / 3;
    this.#covariance += t * this.#velocityVariance + (noise * t * t) / 2;
    this.#velocityVariance += noise * t;
  }

  /** Takes in a measurement of the value. */
  correct(measured: number, variance: number): void {
    const innovation = measured - this.#value;
    const total = this.#valueVariance + variance;
    const gain = this.#valueVariance / total;
    const velocityGain = this.#covariance / total;
    this.#value += gain * innovation;
    this.#velocity += velocityGain * innovation;
    this.#velocityVariance -= velocityGain * this.#covariance;
    this.#covariance *= 1 - gain;
    this.#valueVariance *= 1 - gain;
  }
}
