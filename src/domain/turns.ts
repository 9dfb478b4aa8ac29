/** Hands out turns one after the other, each in a turn of the event loop of its own. */
export class Turns {
  readonly #schedule: (next: () => void) => void;
  readonly #waiting: (() => void)[] = [];

  /** @param schedule calls back after others had the event loop */
  constructor(schedule: (next: () => void) => void) {
    this.#schedule = schedule;
  }

  /** Resolves when it is the caller's turn, in the order of asking. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === 1) this.#schedule(this.#go);
    return promise;
  }

  readonly #go = (): void => {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) this.#schedule(this.#go);
  };
}
