import type { Clock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { InFlight } from './in-flight.ts';
import type { FromWorker, Operation, SessionRun, WorkerSetup } from './protocol.ts';
import type { Request } from './request-queue.ts';
import { transferablesOf } from './transfer.ts';
import { WorkerHost } from './worker-host.ts';

/** A worker thread to run: its models, and the operations that it serves, most urgent first. */
export interface WorkerPlan {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly setup: WorkerSetup;
}

export interface WorkerSlotOptions {
  readonly plan: WorkerPlan;
  readonly clock: Clock;
  readonly log: Log;
  /** A batch that takes longer means a hung worker, milliseconds. */
  readonly hangTimeout: number;
  /** The worker may take a batch: it is ready, or has answered one. */
  onFree(): void;
  onRun(run: SessionRun): void;
  onRestart(worker: string): void;
}

/** A worker with the batches that were given to it, each watched until it is answered or lost. */
export class WorkerSlot {
  readonly host: WorkerHost;
  readonly operations: readonly Operation[];
  /** The batch that runs, and those that are queued at the worker. */
  readonly #inFlight = new InFlight();
  readonly #options: WorkerSlotOptions;
  #nextId = 1;

  constructor(options: WorkerSlotOptions) {
    const { plan, clock, log } = options;
    this.#options = options;
    this.operations = plan.operations;
    this.host = new WorkerHost({
      name: plan.name,
      setup: plan.setup,
      clock,
      log,
      onReady: () => options.onFree(),
      onLost: (error) => this.#inFlight.rejectAll(error),
      onReply: (reply) => this.#settle(reply),
      onRestart: (worker) => options.onRestart(worker),
    });
  }

  /** Batches that it has. */
  get batches(): number {
    return this.#inFlight.size;
  }

  /** Hands over a batch; a worker that does not answer it in time is given up. */
  dispatch(operation: Operation, requests: readonly Request[]): void {
    const { clock, hangTimeout } = this.#options;
    const id = this.#nextId;
    this.#nextId += 1;
    const cancelWatchdog = clock.after(hangTimeout * (this.#inFlight.size + 1), () =>
      this.host.abandon(`a batch took longer than ${hangTimeout} ms`),
    );
    this.#inFlight.add(id, requests, cancelWatchdog);
    const items = requests.map(({ item }) => item);
    this.host.post({ type: 'run', id, operation, items }, transferablesOf(items));
  }

  /** Gives its batches up and ends the worker. */
  async close(error: Error): Promise<void> {
    this.#inFlight.rejectAll(error);
    await this.host.close();
  }

  #settle(reply: Extract<FromWorker, { type: 'done' | 'error' }>): void {
    if (reply.type === 'done') {
      for (const run of reply.runs) this.#options.onRun(run);
      this.#inFlight.resolve(reply.id, reply.results);
    } else {
      const error = new NightglassError(
        'INFERENCE_FAILED',
        `Cannot run the model: ${reply.message}`,
        { hint: 'Check that the manifest describes the model file truly.' },
      );
      this.#inFlight.reject(reply.id, error);
    }
    this.#options.onFree();
  }
}
