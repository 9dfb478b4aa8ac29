import { Fifo } from './fifo.ts';
import type { Simulation } from './simulation.ts';

/** Servers that are alike, and what waits for one, first come first served. */
export class Servers {
  readonly #simulation: Simulation;
  readonly #count: number;
  readonly #limit: number;
  readonly #waiting = new Fifo<() => void>();
  #busy = 0;
  #busyMs = 0;
  #changedAt = 0;

  /**
   * @param count at least 1
   * @param limit of what waits; more is refused
   */
  constructor(simulation: Simulation, count: number, limit: number = Number.POSITIVE_INFINITY) {
    this.#simulation = simulation;
    this.#count = count;
    this.#limit = limit;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Share of the servers' time in use since the last {@link reset}, 0..1. */
  utilisation(since: number): number {
    this.#note();
    return this.#busyMs / ((this.#simulation.now - since) * this.#count);
  }

  /** Begins the count of use anew. */
  reset(): void {
    this.#note();
    this.#busyMs = 0;
  }

  /**
   * Gives a server as soon as there is one; call {@link release} when it is no longer used.
   * @returns false where too many wait
   */
  acquire(use: () => void): boolean {
    if (this.#busy < this.#count) {
      this.#note();
      this.#busy += 1;
      use();
      return true;
    }
    if (this.waiting >= this.#limit) return false;
    this.#waiting.push(use);
    return true;
  }

  release(): void {
    const [next] = this.#waiting.take(1);
    if (next !== undefined) {
      next();
      return;
    }
    this.#note();
    this.#busy -= 1;
  }

  /** Holds a server for some milliseconds. @returns false where too many wait */
  serve(ms: () => number, done: () => void): boolean {
    return this.acquire(() =>
      this.#simulation.after(ms(), () => {
        this.release();
        done();
      }),
    );
  }

  #note(): void {
    const { now } = this.#simulation;
    this.#busyMs += this.#busy * (now - this.#changedAt);
    this.#changedAt = now;
  }
}
