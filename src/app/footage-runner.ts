import type { Config } from '../config/schema.ts';
import { systemActor } from '../domain/audit-entry.ts';
import type { Clock } from '../domain/clock.ts';
import { type ErrorCode, isNightglassError } from '../domain/errors.ts';
import type { FootageJob, FootageProgress } from '../domain/footage.ts';
import type { Log } from '../domain/log.ts';
import type { FootageQueue } from '../services/footage/footage-queue.ts';
import { FootageRun, type FootageRunOptions } from './footage-run.ts';

export interface FootageRunnerOptions extends FootageRunOptions {
  readonly config: Config;
  readonly queue: FootageQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** What may pass by itself: the search goes on from where it was. */
const passing = [
  'INFERENCE_TIMEOUT',
  'INFERENCE_OVERLOADED',
  'INFERENCE_WORKER_LOST',
  'GALLERY_OVERLOADED',
  // What hangs in a disk, or was given up a moment ago.
  'BUSY',
] as const;
/** Passes as soon as the data folder takes writes, however often it was tried. */
const unwritable = ['STORE_UNWRITABLE', 'AUDIT_UNAVAILABLE'] as const;
const triesInRow = 3;
const tryAgainAfter = 5_000;

/** What is wrong with a search, for the health page. */
export interface FootageProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

interface Working {
  readonly abort: AbortController;
  run: FootageRun | null;
  /** The last thing that was to be recorded could not be. */
  unrecorded: boolean;
  ended: Promise<void>;
}

/**
 * Works through the queue of searches, a bounded number at once. What a person pauses or ends stops
 * at once; what the program's end interrupts goes on at its next start.
 */
export class FootageRunner {
  readonly #options: FootageRunnerOptions;
  readonly #working = new Map<string, Working>();
  readonly #stop: () => void;
  readonly #closing = new AbortController();
  #cancelUpdate: (() => void) | undefined;
  #hasRecovered = false;
  #hasEnded = false;

  constructor(options: FootageRunnerOptions) {
    this.#options = options;
    const { queue } = options;
    this.#stop = queue.onChange(() => this.#update());
    this.#update();
  }

  /** How far a search is that is at work. */
  progress(id: string): FootageProgress | null {
    return this.#working.get(id)?.run?.progress() ?? null;
  }

  /** Searches that should be at work and do not go on, or cannot be recorded. */
  problems(): FootageProblem[] {
    const { clock, queue, store } = this.#options;
    if (this.#closing.signal.aborted) return [];
    return store
      .readOr(() => queue.running(), [])
      .flatMap(({ id }) => {
        const working = this.#working.get(id);
        if (working === undefined || working.unrecorded) return [unrecordedProblem(id)];
        const still = working.run?.stalledFor(clock.monotonic()) ?? null;
        return still === null ? [] : [stalledProblem(id, still)];
      });
  }

  /** Ends what is at work; the queue keeps it as it was. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancelUpdate?.();
    this.#stop();
    for (const { abort } of this.#working.values()) abort.abort();
    await Promise.all([...this.#working.values()].map(({ ended }) => ended));
    this.#endInOrder();
  }

  #endInOrder(): void {
    const { log, queue } = this.#options;
    if (!this.#hasRecovered || this.#hasEnded) return;
    this.#hasEnded = true;
    try {
      queue.endInOrder();
    } catch (error) {
      // It then counts as an end that was not orderly: no more than that.
      log.warn({ err: error }, 'That searches of footage end in order cannot be recorded');
    }
  }

  /** Stops what is not to run any more, and begins what may. */
  #update(): void {
    if (this.#closing.signal.aborted) return;
    const { clock, config, log, queue } = this.#options;
    for (const [id, { abort }] of this.#working) {
      if (queue.find(id)?.state !== 'running') abort.abort();
    }
    if (!this.#recover()) return;
    for (const { id } of queue.waiting()) {
      if (this.#working.size >= config.footage.atOnce) return;
      // One that was paused and goes on at once ends first.
      if (this.#working.has(id)) continue;
      const working: Working = {
        abort: new AbortController(),
        run: null,
        unrecorded: false,
        ended: Promise.resolve(),
      };
      this.#working.set(id, working);
      working.ended = this.#work(id, working)
        .catch(async (error: unknown) => {
          log.error({ err: error, jobId: id }, 'A search of footage broke');
          // A folder that takes no writes would be asked again and again.
          await pause(clock, tryAgainAfter, this.#closing.signal);
        })
        .finally(() => {
          this.#working.delete(id);
          this.#update();
        });
    }
  }

  /**
   * Takes up again what says that it is at work while nobody works on it. Later, where that cannot
   * be recorded now.
   */
  #recover(): boolean {
    const { clock, log, queue } = this.#options;
    this.#cancelUpdate?.();
    this.#cancelUpdate = undefined;
    try {
      const after = this.#hasRecovered ? 'fault' : 'restart';
      queue.recover(systemActor, after, (id) => this.#working.has(id));
      this.#hasRecovered = true;
      return true;
    } catch (error) {
      log.warn({ err: error }, 'Searches of footage that were interrupted cannot go on yet');
      this.#cancelUpdate = clock.after(tryAgainAfter, () => this.#update());
      return false;
    }
  }

  async #work(id: string, working: Working): Promise<void> {
    const { log, queue } = this.#options;
    const { signal } = working.abort;
    try {
      const job = queue.begin(id);
      await this.#search(job, working);
      if (!signal.aborted) queue.end(id, 'done', null, systemActor);
    } catch (error) {
      if (signal.aborted && !isNightglassError(error)) throw error;
      if (isNightglassError(error, ...unwritable)) {
        // It keeps its state, and is taken up again from there.
        working.unrecorded = true;
        await this.#untilWritable(signal);
        return;
      }
      log.warn({ err: error, jobId: id }, 'A search of footage failed');
      this.#fail(id, error);
    }
  }

  #fail(id: string, error: unknown): void {
    const { code, message } = isNightglassError(error)
      ? error
      : { code: 'INTERNAL', message: 'Something failed inside; the log says what.' };
    const { queue } = this.#options;
    // A job whose lists do not allow it is refused before it begins.
    queue.end(id, 'failed', { code, message }, systemActor);
  }

  /** From where it was, again where what failed may pass. */
  async #search(job: FootageJob, working: Working): Promise<void> {
    const { clock, queue } = this.#options;
    const { signal } = working.abort;
    for (let failures = 0; ; ) {
      const before = queue.get(job.id).seconds;
      try {
        working.run = new FootageRun(queue.get(job.id), this.#options, signal, () => {
          working.unrecorded = false;
        });
        await working.run.search();
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (isNightglassError(error, ...unwritable)) {
          this.#options.log.warn(
            { err: error, jobId: job.id },
            'A search of footage cannot be recorded',
          );
          working.unrecorded = true;
          await this.#untilWritable(signal);
          if (signal.aborted) return;
          continue;
        }
        if (!isNightglassError(error, ...passing)) throw error;
        const moved = queue.get(job.id).seconds - before > 60;
        failures = moved ? 1 : failures + 1;
        if (failures >= triesInRow) throw error;
        await pause(clock, tryAgainAfter, signal);
        if (signal.aborted) return;
      }
    }
  }

  /** Until the store says that it takes writes, or it is interrupted. */
  async #untilWritable(signal: AbortSignal): Promise<void> {
    const { clock, store } = this.#options;
    const either = AbortSignal.any([signal, this.#closing.signal]);
    do await pause(clock, tryAgainAfter, either);
    while (!either.aborted && !store.health().durable);
  }
}

function unrecordedProblem(id: string): FootageProblem {
  return {
    code: 'FOOTAGE_STALLED',
    message: `The search of footage ${id} cannot be recorded: it goes on once the data folder takes writes.`,
  };
}

function stalledProblem(id: string, ms: number): FootageProblem {
  return {
    code: 'FOOTAGE_STALLED',
    message: `The search of footage ${id} has not got further for ${Math.floor(ms / 60_000)} minutes: end it, or start the program again.`,
  };
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
