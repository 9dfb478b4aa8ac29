import type { Clock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { WorkerUsage } from '../domain/worker-usage.ts';
import type { Items, ModelPlacement, Operation, Results, SessionRun } from './protocol.ts';
import { type Request, RequestQueue } from './request-queue.ts';
import type { WorkerStatus } from './worker-host.ts';
import { type WorkerPlan, WorkerSlot } from './worker-slot.ts';

/** Watches inference; for metrics. Callbacks must not throw. */
export interface InferenceObserver {
  /** A session was run: `size` pictures, faces or pairs in `seconds`. */
  onBatch?(run: SessionRun): void;
  onQueueDepth?(queue: string, depth: number): void;
  onRestart?(worker: string): void;
}

export interface EngineOptions {
  readonly workers: readonly WorkerPlan[];
  readonly clock: Clock;
  readonly log: Log;
  readonly observer: InferenceObserver;
  /** Requests that may wait, an operation. */
  readonly queueLimit: number;
  /** Requests a batch at most, by operation. */
  readonly maxBatch: Readonly<Record<Operation, number>>;
  /** The same of background work: live work may have to wait for one batch. */
  readonly maxBackgroundBatch: Readonly<Record<Operation, number>>;
  /** How long work may wait for company while its worker is busy anyway, milliseconds. */
  readonly batchWindow: number;
  /** From submission to result, milliseconds. */
  readonly requestTimeout: number;
  /** A batch that takes longer means a hung worker, milliseconds. */
  readonly hangTimeout: number;
}

/** Takes work: what the models' adapters need of the engine. */
export interface Submitter {
  submit<K extends Operation>(operation: K, item: Items[K], bucket?: string): Promise<Results[K]>;
}

/**
 * `background`: what can wait (recorded footage). It goes to a worker that has nothing else to do,
 * in batches of its own, so live work waits for one of them at most.
 */
export type Priority = 'live' | 'background';

/** How many times as long as live work background work may wait for its result. */
const backgroundPatience = 60;

/** Batches at a worker: while one runs the next is there already, so the worker never waits. */
const batchesAhead = 2;

/**
 * Queues, batches and workers. An idle worker gets work at once; while it is busy,
 * work gathers until a batch is full or the window has passed.
 */
export class Engine implements Submitter {
  readonly #options: EngineOptions;
  readonly #queues = new Map<Operation, RequestQueue>();
  readonly #background = new Map<Operation, RequestQueue>();
  readonly #slots: WorkerSlot[];
  #closing = false;
  #closed: Promise<void> | undefined;
  #idle: (() => void) | undefined;
  #cancelWindow: (() => void) | undefined;
  #outstanding = 0;

  private constructor(options: EngineOptions) {
    this.#options = options;
    const { clock, log, observer, hangTimeout } = options;
    this.#slots = options.workers.map(
      (plan) =>
        new WorkerSlot({
          plan,
          clock,
          log,
          hangTimeout,
          onFree: () => this.#pump(),
          onRun: (run) => observer.onBatch?.(run),
          onRestart: (worker) => observer.onRestart?.(worker),
        }),
    );
    for (const { operations } of options.workers) {
      for (const operation of operations) {
        if (!this.#queues.has(operation)) {
          this.#queues.set(operation, new RequestQueue(operation, options.queueLimit));
          this.#background.set(operation, new RequestQueue(operation, options.queueLimit));
        }
      }
    }
  }

  /**
   * Starts the workers and waits until their models are loaded and warm.
   * @throws NightglassError `MODEL_*`, `PROVIDER_UNAVAILABLE`
   */
  static async create(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const starts = await Promise.allSettled(engine.#slots.map(({ host }) => host.start()));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) {
      await engine.close(0);
      throw failed.reason;
    }
    return engine;
  }

  /** Which provider each model runs on; a model in several workers is listed once. */
  get placements(): readonly ModelPlacement[] {
    const byModel = new Map<string, ModelPlacement>();
    for (const { host } of this.#slots) {
      for (const placement of host.placements) byModel.set(placement.model, placement);
    }
    return [...byModel.values()];
  }

  get workers(): readonly WorkerStatus[] {
    return this.#slots.map(({ host }) => host.status);
  }

  get usage(): readonly WorkerUsage[] {
    return this.#slots.map(({ host }) => host.usage);
  }

  /** Brings what {@link usage} says of processor time and heap up to date. */
  async sampleUsage(): Promise<void> {
    // A thread that ends meanwhile has nothing to say.
    await Promise.allSettled(this.#slots.map(({ host }) => host.sampleUsage()));
  }

  get queues(): readonly { operation: Operation; depth: number; limit: number }[] {
    return [...this.#queues.values()].map(({ operation, depth, limit }) => ({
      operation,
      depth,
      limit,
    }));
  }

  /**
   * Queues a piece of work. Its pixels and vectors are handed over: the caller
   * must not use them again, unless they lie in shared memory.
   * @param bucket work of one bucket may share a batch
   * @throws NightglassError `INFERENCE_OVERLOADED`, `INFERENCE_TIMEOUT`,
   * `INFERENCE_WORKER_LOST`, `INFERENCE_FAILED`, `INFERENCE_CLOSED`
   */
  submit<K extends Operation>(operation: K, item: Items[K], bucket = ''): Promise<Results[K]> {
    return this.#submit(operation, item, bucket, 'live');
  }

  /** Takes work that can wait: see {@link Priority}. */
  background(): Submitter {
    return {
      submit: (operation, item, bucket = '') => this.#submit(operation, item, bucket, 'background'),
    };
  }

  #submit<K extends Operation>(
    operation: K,
    item: Items[K],
    bucket: string,
    priority: Priority,
  ): Promise<Results[K]> {
    const isLive = priority === 'live';
    const queue = (isLive ? this.#queues : this.#background).get(operation);
    if (queue === undefined) throw new TypeError(`Cannot ${operation}: no worker serves it`);
    if (this.#closing) return Promise.reject(closedError());
    const { promise, resolve, reject } = Promise.withResolvers<Results[K]>();
    const { clock } = this.#options;
    const requestTimeout = this.#options.requestTimeout * (isLive ? 1 : backgroundPatience);
    const settle = () => {
      cancelTimeout();
      this.#outstanding -= 1;
      if (this.#outstanding === 0) this.#idle?.();
    };
    let open = true;
    const request: Request = {
      item,
      bucket,
      queuedAt: clock.monotonic(),
      resolve(result) {
        if (!open) return;
        open = false;
        settle();
        resolve(result as Results[K]);
      },
      reject(error) {
        if (!open) return;
        open = false;
        settle();
        reject(error);
      },
    };
    this.#outstanding += 1;
    const cancelTimeout = clock.after(requestTimeout, () => {
      if (queue.remove(request) && isLive) this.#depthChanged(queue);
      request.reject(
        new NightglassError(
          'INFERENCE_TIMEOUT',
          `Cannot ${operation}: no result within ${requestTimeout} ms`,
          { hint: 'Give inference more cores, or send it fewer frames.' },
        ),
      );
    });
    if (queue.push(request)) {
      if (isLive) this.#depthChanged(queue);
      this.#pump();
    } else {
      request.reject(
        new NightglassError(
          'INFERENCE_OVERLOADED',
          `Cannot ${operation}: ${queue.limit} requests wait already`,
          { hint: 'Give inference more cores, or send it fewer frames.' },
        ),
      );
    }
    return promise;
  }

  /** Ends a worker as a crash would; it is started again. For tests and operators. */
  killWorker(name: string): void {
    this.#slots.find(({ host }) => host.name === name)?.host.abandon('killed on request');
  }

  /** Takes no more work, finishes what it has within `limit` milliseconds, ends the workers. Idempotent. */
  close(limit: number): Promise<void> {
    this.#closed ??= this.#close(limit);
    return this.#closed;
  }

  async #close(limit: number): Promise<void> {
    this.#closing = true;
    if (this.#outstanding > 0 && limit > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#idle = resolve;
      const cancel = this.#options.clock.after(limit, resolve);
      await promise;
      cancel();
    }
    this.#cancelWindow?.();
    for (const queue of [...this.#queues.values(), ...this.#background.values()]) {
      for (const request of queue.drain()) request.reject(closedError());
    }
    await Promise.all(this.#slots.map((slot) => slot.close(closedError())));
  }

  /** Hands work to workers until no more can go now. */
  #pump(): void {
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    // Idle workers first; after that a second batch is queued at a busy worker.
    for (let ahead = 0; ahead < batchesAhead; ahead += 1) {
      for (const slot of this.#slots) {
        if (slot.host.ready && slot.batches === ahead) this.#feed(slot, ahead);
      }
    }
  }

  #feed(slot: WorkerSlot, ahead: number): void {
    const { clock, maxBatch, batchWindow } = this.#options;
    for (const operation of slot.operations) {
      const queue = this.#queues.get(operation);
      const head = queue?.head;
      if (queue === undefined || head === undefined) continue;
      const max = maxBatch[operation];
      const wait = head.queuedAt + batchWindow - clock.monotonic();
      if (ahead > 0 && wait > 0 && queue.ready(max) < max) {
        this.#cancelWindow ??= clock.after(wait, () => this.#pump());
        continue;
      }
      slot.dispatch(operation, queue.take(max));
      this.#depthChanged(queue);
      return;
    }
    if (ahead === 0) this.#feedBackground(slot);
  }

  /** For a worker that is idle and for which no live work waits. */
  #feedBackground(slot: WorkerSlot): void {
    for (const operation of slot.operations) {
      const queue = this.#background.get(operation);
      if (queue?.head === undefined) continue;
      slot.dispatch(operation, queue.take(this.#options.maxBackgroundBatch[operation]));
      return;
    }
  }

  #depthChanged(queue: RequestQueue): void {
    this.#options.observer.onQueueDepth?.(queue.operation, queue.depth);
  }
}

function closedError(): NightglassError {
  return new NightglassError('INFERENCE_CLOSED', 'Cannot run inference: it is shut down');
}
