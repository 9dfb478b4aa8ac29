/** Frames a second between two readings. */
export class FrameRate {
  #frames = 0;
  #since = 0;

  count(): void {
    this.#frames += 1;
  }

  restart(monotonic: number): void {
    this.#frames = 0;
    this.#since = monotonic;
  }

  /** The rate since the last reading, to a tenth. */
  take(monotonic: number): number {
    const seconds = (monotonic - this.#since) / 1000;
    const rate = seconds > 0 ? Math.round((this.#frames / seconds) * 10) / 10 : 0;
    this.restart(monotonic);
    return rate;
  }
}
