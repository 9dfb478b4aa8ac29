import { evidenceBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';

/** What one export takes up, until it is left. */
export interface ExportPlace {
  /**
   * Counts bytes that the case holds in memory until it is sent.
   * @throws NightglassError `BAD_REQUEST` for more than one case may hold, `BUSY` for more than all may
   */
  hold(bytes: number): void;
  /**
   * The same bytes; the place is left once they are all taken, or nobody takes any more: the reader
   * went away, failed, or took nothing for `evidenceBounds.idleMs`.
   * @param begin whether that time runs at once, or from the first byte on, where somebody else sees
   *   to it that it is taken or given back
   */
  untilTaken(
    bytes: AsyncIterable<Uint8Array>,
    begin: 'at-once' | 'when-taken',
  ): AsyncIterable<Uint8Array>;
  /** Idempotent. */
  leave(): void;
}

/** How many cases are made or sent at once, and what they hold in memory: the one bound of both. */
export class ExportRoom {
  readonly #clock: Pick<Clock, 'after'>;
  #places = 0;
  #held = 0;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** @throws NightglassError `BUSY` */
  enter(): ExportPlace {
    if (this.#places >= evidenceBounds.atOnce) throw busy('other cases are being made or fetched');
    this.#places += 1;
    let held = 0;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      this.#places -= 1;
      this.#held -= held;
    };
    return {
      leave,
      hold: (bytes) => {
        if (held + bytes > evidenceBounds.heldBytesOfCase) throw tooLarge();
        if (this.#held + bytes > evidenceBounds.heldBytes)
          throw busy('other cases hold the memory');
        held += bytes;
        this.#held += bytes;
      },
      untilTaken: (bytes, begin) => {
        const taken = new TakenOnce(bytes, this.#clock, leave);
        if (begin === 'at-once') taken.wait();
        return taken;
      },
    };
  }
}

/** Bytes that are taken once, and what is told when that is over, whichever way. */
class TakenOnce implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #onOver: () => void;
  #cancelTimer: () => void = () => undefined;
  #isIdle = false;

  constructor(bytes: AsyncIterable<Uint8Array>, clock: Pick<Clock, 'after'>, onOver: () => void) {
    this.#source = bytes[Symbol.asyncIterator]();
    this.#clock = clock;
    this.#onOver = onOver;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    this.#cancelTimer();
    if (this.#isIdle) throw new Error('Cannot send the case: nobody took it for too long');
    try {
      const step = await this.#source.next();
      if (step.done === true) this.#onOver();
      else this.wait();
      return step;
    } catch (error) {
      this.#onOver();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#cancelTimer();
    this.#onOver();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  /** From now on somebody has to take something in time. */
  wait(): void {
    this.#cancelTimer = this.#clock.after(evidenceBounds.idleMs, () => {
      this.#isIdle = true;
      this.return().catch(() => undefined);
    });
  }
}

function busy(why: string): NightglassError {
  return new NightglassError('BUSY', `Cannot export evidence: ${why}`, {
    hint: 'Try again in a moment.',
  });
}

function tooLarge(): NightglassError {
  return new NightglassError(
    'BAD_REQUEST',
    'Cannot export evidence: with faces hidden it takes more memory than one case may',
    { hint: 'Export fewer alerts at once, or leave the clips out.' },
  );
}
