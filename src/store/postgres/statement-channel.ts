import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { type Clock, systemClock } from '../../domain/clock.ts';
import {
  type PostgresLimits,
  type StatementAnswer,
  type StatementRequest,
  signal,
  type ToWorker,
  type WorkerStart,
} from './channel-messages.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { PostgresFault } from './postgres-fault.ts';

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './postgres-worker.ts' : './postgres-worker.js',
  import.meta.url,
);
/** The worker itself needs some time beside what it waits for. */
const startMs = 15_000;
const graceMs = 500;
/** Waits before a thread that ended by itself is started again, milliseconds; the last one stays. */
const restartMs = [100, 500, 2000, 10_000, 30_000];
/** One that ran so long had another cause than the one before. */
const steadyMs = 60_000;

export interface ChannelOptions {
  readonly address: PostgresAddress;
  readonly limits: PostgresLimits;
  /** Holds the database for this program alone. */
  readonly exclusive: boolean;
  readonly clock?: Clock;
  /** Called when the thread ended by itself: it is started again, until then nothing is reached. */
  readonly onEnd?: (why: string) => void;
}

/** A statement, and on which connection. */
export type Call = Pick<StatementRequest, 'text' | 'values' | 'name'> & {
  /** Only on this one; 0 or undefined: on any. */
  readonly connection?: number;
};

/**
 * The way to the worker that holds the connection. A call waits for its answer with the thread, as
 * one of SQLite does, and no longer than the limits say; while the connection is known to be lost it
 * fails at once. A thread that ends by itself is started again.
 */
export class StatementChannel {
  readonly #options: ChannelOptions;
  readonly #signals: Int32Array;
  readonly #clock: Clock;
  #port: MessagePort;
  #worker: Worker;
  #calls = 0;
  #names = 0;
  #closed = false;
  #isRunning = false;
  /** How often in a row the thread ended soon after its start. */
  #ends = 0;
  #cancelRestart: (() => void) | undefined;

  /** Waits for the first connection. @throws PostgresFault where there is none */
  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#signals = new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT));
    [this.#worker, this.#port] = this.#start();
    try {
      this.#wait(0, 0, startMs + options.limits.connectMs);
    } catch (error) {
      this.#closed = true;
      void this.#worker.terminate();
      throw error;
    }
  }

  /** The numbers stay: no transaction goes on upon a connection of another thread. */
  #start(): [Worker, MessagePort] {
    const { address, exclusive, limits } = this.#options;
    const { port1, port2 } = new MessageChannel();
    const signals = this.#signals.buffer as SharedArrayBuffer;
    const start: WorkerStart = { address, exclusive, limits, signals, port: port2 };
    const worker = new Worker(entry, {
      workerData: start,
      transferList: [port2],
      name: 'postgres',
      // Nothing of it is the driver's business: it would take a login from there.
      env: {},
    });
    worker.unref();
    const startedAt = this.#clock.monotonic();
    this.#isRunning = true;
    let why = 'it ended';
    worker.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    // What ends the thread is no end of this one: until it is there again the connection counts as lost.
    worker.once('exit', () => {
      port1.close();
      this.#isRunning = false;
      if (!this.#closed) this.#restart(startedAt, why);
    });
    return [worker, port1];
  }

  #restart(startedAt: number, why: string): void {
    Atomics.store(this.#signals, signal.connected, 0);
    if (this.#clock.monotonic() - startedAt > steadyMs) this.#ends = 0;
    const waitMs = restartMs[Math.min(this.#ends, restartMs.length - 1)] ?? 0;
    this.#ends += 1;
    this.#cancelRestart = this.#clock.after(waitMs, () => {
      if (!this.#closed) [this.#worker, this.#port] = this.#start();
    });
    this.#options.onEnd?.(why);
  }

  /** A name for a statement that is to be prepared. */
  newName(): string {
    return `s${this.#names++}`;
  }

  get connected(): boolean {
    return Atomics.load(this.#signals, signal.connected) === 1;
  }

  /** Number of the connection in use. */
  get connection(): number {
    return Atomics.load(this.#signals, signal.connection);
  }

  /** Changes when another program changed something. */
  get foreign(): number {
    return Atomics.load(this.#signals, signal.foreign);
  }

  /** Waits until there is a connection, at most so long. @returns whether there is one */
  awaitConnection(timeoutMs: number): boolean {
    if (!this.connected) Atomics.wait(this.#signals, signal.connected, 0, timeoutMs);
    return this.connected;
  }

  /** @throws PostgresFault */
  call({ text, values, name, connection = 0 }: Call): StatementAnswer {
    if (this.#closed) throw new TypeError('Cannot use the database: it is closed');
    if (!this.connected) throw new PostgresFault('the database is not reached', undefined, true);
    const { statementMs } = this.#options.limits;
    return this.#ask({ connection, text, values, name }, statementMs + graceMs);
  }

  /** Idempotent; the thread ends soon after. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRestart?.();
    try {
      const seen = Atomics.load(this.#signals, signal.answers);
      const id = ++this.#calls;
      this.#post({ id, order: 'close' });
      if (this.#isRunning) this.#wait(id, seen, 2000);
    } catch {
      // It ends with its thread.
    }
    this.#port.close();
    void this.#worker.terminate();
  }

  #ask(request: Omit<StatementRequest, 'id'>, timeoutMs: number): StatementAnswer {
    const id = ++this.#calls;
    const seen = Atomics.load(this.#signals, signal.answers);
    this.#post({ ...request, id });
    return this.#wait(id, seen, timeoutMs);
  }

  #post(message: ToWorker): void {
    this.#port.postMessage(message);
  }

  /** @param seen how many answers had come before the request went */
  #wait(id: number, seen: number, timeoutMs: number): StatementAnswer {
    const until = performance.now() + timeoutMs;
    for (let known = seen; ; ) {
      const received = receiveMessageOnPort(this.#port);
      const answer = received?.message as StatementAnswer | undefined;
      if (answer?.id === id) {
        if (answer.fault === undefined) return answer;
        const { message, code, lost } = answer.fault;
        throw new PostgresFault(message, code, lost);
      }
      // An answer to what was given up before.
      if (answer !== undefined) continue;
      const left = until - performance.now();
      if (left <= 0) {
        Atomics.store(this.#signals, signal.connected, 0);
        this.#post({ id, order: 'reset' });
        throw new PostgresFault('no answer in time', undefined, true);
      }
      Atomics.wait(this.#signals, signal.answers, known, left);
      known = Atomics.load(this.#signals, signal.answers);
    }
  }
}
