import type { Clock } from './clock.ts';
import { NightglassError } from './errors.ts';

export interface BudgetOptions {
  /** What it is for, in messages: `uploads`. */
  readonly name: string;
  /** What all together may hold at once. */
  readonly capacity: number;
  /** How many may wait for their turn. */
  readonly maxWaiting: number;
  /** For how long, milliseconds. */
  readonly waitMs: number;
  readonly clock: Pick<Clock, 'after'>;
  /** Called at each change of the queue. */
  readonly onQueue?: (waiting: number) => void;
  /** Called at each refusal. */
  readonly onRefused?: () => void;
}

interface Waiting {
  readonly amount: number;
  readonly enter: () => void;
}

/** Seconds after which to try again. */
export const retryBusyAfter = 5;

/**
 * An amount (bytes, pixels) that many share. Who finds no room waits, first come, first served;
 * the queue is bounded in number and in time.
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #waiting: Waiting[] = [];
  #held = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Held at present. */
  get held(): number {
    return this.#held;
  }

  /**
   * Takes a share, which is given back by disposal; more than all of it is all of it.
   * @throws NightglassError `BUSY` when too many wait, or it took too long
   */
  async take(amount: number): Promise<Disposable> {
    const { capacity, maxWaiting } = this.#options;
    const share = Math.min(Math.max(amount, 0), capacity);
    if (this.#waiting.length > 0 || this.#held + share > capacity) {
      if (this.#waiting.length >= maxWaiting) throw this.#refused();
      await this.#wait(share);
    } else this.#held += share;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#held -= share;
        this.#admit();
      },
    };
  }

  #wait(amount: number): Promise<void> {
    const { clock, waitMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = clock.after(waitMs, () => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      reject(this.#refused());
      // Who was behind it may be smaller.
      this.#admit();
    });
    const waiting: Waiting = {
      amount,
      enter() {
        cancel();
        resolve();
      },
    };
    this.#waiting.push(waiting);
    this.#options.onQueue?.(this.#waiting.length);
    return promise;
  }

  #admit(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      if (this.#held + first.amount > this.#options.capacity) break;
      this.#waiting.shift();
      this.#held += first.amount;
      first.enter();
    }
    this.#options.onQueue?.(this.#waiting.length);
  }

  #refused(): NightglassError {
    this.#options.onRefused?.();
    return new NightglassError(
      'BUSY',
      `Cannot take the request now: the room for ${this.#options.name} is in use`,
      { hint: `Try again in ${retryBusyAfter} seconds.` },
    );
  }
}
