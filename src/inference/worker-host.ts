// Before a worker is made, which loads ONNX Runtime.
import './no-telemetry.ts';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { WorkerUsage } from '../domain/worker-usage.ts';
import type { FromWorker, ModelPlacement, ToWorker, WorkerSetup, WorkerStart } from './protocol.ts';

export type WorkerState = 'starting' | 'ready' | 'backoff' | 'closed';

/** Where a worker stands. */
export interface WorkerStatus {
  readonly name: string;
  readonly state: WorkerState;
  /** Times it was started again since the beginning. */
  readonly restarts: number;
  /** Why it was last lost. */
  readonly lastError?: string;
}

export interface WorkerHostOptions {
  readonly name: string;
  readonly setup: WorkerSetup;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest start (models loaded, providers tried), milliseconds; default 120 s. */
  readonly startLimit?: number;
  onReady(): void;
  /** The thread is gone with whatever it held. */
  onLost(error: NightglassError): void;
  onReply(reply: Extract<FromWorker, { type: 'done' | 'error' }>): void;
  onRestart(name: string): void;
}

const firstBackoff = 100;
const maxBackoff = 10_000;
/** A worker that was ready this long starts its back-off from the beginning, milliseconds. */
const steadyAfter = 30_000;
/** How long a closing worker may take to free its sessions, milliseconds. */
const closeLimit = 2000;
/** A driver that hangs never answers; loading models on a slow disk does, in the end. */
const defaultStartLimit = 120_000;

// `worker.ts` from the source, `worker.js` in the built package.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? './worker/worker.ts' : './worker/worker.js',
  import.meta.url,
);

/** One inference worker through its deaths: started again, with growing pauses, until closed. */
export class WorkerHost {
  readonly name: string;
  readonly #options: WorkerHostOptions;
  #worker: Worker | undefined;
  #abandoned = abandonedFlag();
  #state: WorkerState = 'starting';
  #placements: readonly ModelPlacement[] = [];
  #restarts = 0;
  #failures = 0;
  #readyAt = 0;
  #lastError: string | undefined;
  #active = 0;
  #sample: { readonly cpuSeconds: number; readonly heapBytes: number } | undefined;
  #cancelRestart: (() => void) | undefined;
  #cancelStartLimit: (() => void) | undefined;

  constructor(options: WorkerHostOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get status(): WorkerStatus {
    return {
      name: this.name,
      state: this.#state,
      restarts: this.#restarts,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  get ready(): boolean {
    return this.#state === 'ready';
  }

  get usage(): WorkerUsage {
    // Computed of two clocks it may step back a little; a counter must not.
    const active = this.#worker?.performance.eventLoopUtilization().active ?? 0;
    this.#active = Math.max(this.#active, active);
    return {
      name: this.name,
      ready: this.ready,
      activeSeconds: this.#active / 1000,
      ...this.#sample,
    };
  }

  /** Asks the thread for its processor time and heap; settles once it is between two batches. */
  async sampleUsage(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined || !this.ready) return;
    const [cpu, heap] = await Promise.all([worker.cpuUsage(), worker.getHeapStatistics()]);
    if (this.#worker !== worker) return;
    this.#sample = {
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      heapBytes: heap.used_heap_size,
    };
  }

  /** Which provider each model runs on, as of the last start. */
  get placements(): readonly ModelPlacement[] {
    return this.#placements;
  }

  /**
   * Starts the thread for the first time.
   * @throws NightglassError `MODEL_*`, `PROVIDER_UNAVAILABLE` when its models cannot be loaded,
   *   `INFERENCE_WORKER_LOST` when it does not come up within the start limit
   */
  start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#spawn(resolve, (error) => {
      this.#state = 'closed';
      reject(error);
    });
    return promise;
  }

  /** Sends a message; does nothing unless ready. */
  post(message: ToWorker, transfer: readonly ArrayBuffer[]): void {
    if (this.#state === 'ready') this.#worker?.postMessage(message, transfer);
  }

  /**
   * Gives the present thread up, as if it had crashed: it is started again. The
   * old one ends itself as soon as native code returns; `terminate()` in the
   * middle of native code would end the whole process (an uncaught Napi::Error).
   */
  abandon(reason: string): void {
    const worker = this.#worker;
    if (worker === undefined) return;
    const abandoned = this.#abandoned;
    this.#lost(worker, reason);
    dismiss(worker, abandoned);
  }

  /** Ends the thread for good; waits for its sessions to be freed, up to two seconds. Idempotent. */
  async close(): Promise<void> {
    this.#cancelRestart?.();
    this.#cancelStartLimit?.();
    const worker = this.#worker;
    this.#state = 'closed';
    this.#worker = undefined;
    if (worker === undefined) return;
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    worker.once('exit', () => resolve());
    const cancel = this.#options.clock.after(closeLimit, () => resolve());
    dismiss(worker, this.#abandoned);
    // Until it is gone it keeps the process alive: whoever waits for this must see it settle.
    worker.ref();
    await gone;
    cancel();
    worker.unref();
  }

  #spawn(onFirstReady?: () => void, onFirstFailure?: (error: NightglassError) => void): void {
    const { clock, log, setup } = this.#options;
    this.#state = 'starting';
    this.#abandoned = abandonedFlag();
    const worker = new Worker(entry, {
      workerData: { setup, abandoned: this.#abandoned } satisfies WorkerStart,
      name: `inference-${this.name}`,
    });
    this.#worker = worker;
    let failure: NightglassError | undefined;
    this.#limitStart(worker, onFirstFailure);
    worker.on('message', (message: FromWorker) => {
      if (this.#worker !== worker) return;
      switch (message.type) {
        case 'ready':
          this.#cancelStartLimit?.();
          this.#placements = message.placements;
          this.#state = 'ready';
          this.#readyAt = clock.monotonic();
          onFirstReady?.();
          this.#options.onReady();
          break;
        case 'failed':
          failure = new NightglassError(
            message.code,
            message.message,
            message.hint === undefined ? {} : { hint: message.hint },
          );
          break;
        default:
          this.#options.onReply(message);
      }
    });
    worker.on('error', (error) => {
      failure ??= new NightglassError(
        'INFERENCE_WORKER_LOST',
        `Cannot run inference: ${messageOf(error)}`,
      );
    });
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return;
      this.#cancelStartLimit?.();
      if (this.#state === 'starting' && onFirstFailure !== undefined) {
        this.#worker = undefined;
        onFirstFailure(
          failure ??
            new NightglassError(
              'INFERENCE_WORKER_LOST',
              `Cannot start the inference worker ${this.name}: it ended with code ${code}`,
            ),
        );
        return;
      }
      this.#lost(worker, failure?.message ?? `it ended with code ${code}`);
      log.error({ worker: this.name, reason: this.#lastError }, 'inference worker lost');
    });
  }

  #limitStart(worker: Worker, onFirstFailure?: (error: NightglassError) => void): void {
    const { clock, log, name, startLimit = defaultStartLimit } = this.#options;
    this.#cancelStartLimit?.();
    this.#cancelStartLimit = clock.after(startLimit, () => {
      if (this.#worker !== worker || this.#state !== 'starting') return;
      const reason = `it did not start within ${startLimit / 1000} s`;
      if (onFirstFailure === undefined) {
        log.error({ worker: name, reason }, 'inference worker hangs as it starts');
        this.abandon(reason);
        return;
      }
      this.#worker = undefined;
      dismiss(worker, this.#abandoned);
      onFirstFailure(
        new NightglassError(
          'INFERENCE_WORKER_LOST',
          `Cannot start the inference worker ${name}: ${reason}`,
          { hint: 'A driver may hang: leave its provider out of models.providers.' },
        ),
      );
    });
  }

  #lost(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    const { clock, log, name } = this.#options;
    this.#worker = undefined;
    this.#sample = undefined;
    this.#active = 0;
    this.#cancelStartLimit?.();
    this.#lastError = reason;
    if (this.#state === 'ready' && clock.monotonic() - this.#readyAt > steadyAfter)
      this.#failures = 0;
    this.#state = 'backoff';
    const pause = Math.min(maxBackoff, firstBackoff * 2 ** this.#failures);
    this.#failures += 1;
    this.#options.onLost(
      new NightglassError(
        'INFERENCE_WORKER_LOST',
        `Cannot finish this work: the inference worker ${name} was lost (${reason})`,
        { hint: 'It is being started again; send the work again.' },
      ),
    );
    this.#cancelRestart = clock.after(pause, () => {
      this.#restarts += 1;
      log.warn({ worker: name, restarts: this.#restarts }, 'inference worker starts again');
      this.#options.onRestart(name);
      this.#spawn();
    });
  }
}

function abandonedFlag(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Tells a thread to end after what it runs now; it no longer keeps the process alive. */
function dismiss(worker: Worker, abandoned: Int32Array): void {
  Atomics.store(abandoned, 0, 1);
  worker.postMessage({ type: 'close' } satisfies ToWorker);
  worker.unref();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
