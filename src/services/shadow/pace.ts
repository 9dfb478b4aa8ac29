import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Embedder, Enhancer, Fuser } from '../../domain/face-models.ts';

/**
 * Work that may take a share of one processor core: one piece at a time, and after each a rest that
 * is as long as the share asks for. What a piece waits for counts as work.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #share: number;
  #turn: Promise<unknown> = Promise.resolve();
  #rest: Promise<void> = Promise.resolve();
  #busyMs = 0;
  #closed = false;
  #wake: (() => void) | undefined;

  /** @param share of one core, above 0 and at most 1 */
  constructor(clock: Clock, share: number) {
    if (!(share > 0 && share <= 1)) throw new RangeError(`Cannot work at a share of ${share}`);
    this.#clock = clock;
    this.#share = share;
  }

  /** What was worked so far, seconds. */
  get busySeconds(): number {
    return this.#busyMs / 1000;
  }

  /**
   * @param onWorked told how long it took, without rests, milliseconds
   * @throws NightglassError `INFERENCE_CLOSED`; whatever `work` throws
   */
  run<T>(work: () => Promise<T>, onWorked?: (milliseconds: number) => void): Promise<T> {
    const done = this.#turn.then(async () => {
      if (this.#closed) {
        throw new NightglassError('INFERENCE_CLOSED', 'Cannot run the models: they are shut down');
      }
      const started = this.#clock.monotonic();
      try {
        return await work();
      } finally {
        const took = this.#clock.monotonic() - started;
        this.#busyMs += took;
        onWorked?.(took);
        // Whoever waits for this result gets it now; who comes next waits for the rest.
        this.#rest = this.#pause(took / this.#share - took);
      }
    });
    this.#turn = done.then(
      () => this.#rest,
      () => this.#rest,
    );
    return done;
  }

  /** Ends the rest; what waits is refused. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async #pause(milliseconds: number): Promise<void> {
    if (this.#closed || !(milliseconds > 0)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(milliseconds, resolve);
    this.#wake = resolve;
    await promise;
    cancel();
    this.#wake = undefined;
  }
}

/** Models, each call of which keeps a pace. */
export interface PacedModels {
  readonly embedder: Embedder;
  readonly enhancer: Enhancer;
  readonly fuser: Fuser;
}

/**
 * The same models at a pace.
 * @param onWorked told how long each call took, without rests, milliseconds
 */
export function pacedModels(
  { embedder, enhancer, fuser }: PacedModels,
  pace: Pace,
  onWorked?: (milliseconds: number) => void,
): PacedModels {
  const paced = <T>(work: () => Promise<T>) => pace.run(work, onWorked);
  return {
    embedder: {
      model: embedder.model,
      rejectBelow: embedder.rejectBelow,
      embed: (face) => paced(() => embedder.embed(face)),
      embedEnhanced: (image) => paced(() => embedder.embedEnhanced(image)),
    },
    enhancer: { enhance: (face) => paced(() => enhancer.enhance(face)) },
    fuser: { fuse: (face) => paced(() => fuser.fuse(face)) },
  };
}
