import { connect, createServer, type Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** When the connection of the next COMMIT is cut: before it gets to the server, or its answer back. */
export type CommitCut = 'before' | 'after';

/** Place of the order in the shared numbers. */
const order = 0;
const orders: Readonly<Record<CommitCut, number>> = { before: 1, after: 2 };

interface Start {
  readonly port: number;
  readonly orders: SharedArrayBuffer;
}

/**
 * Stands between a program and PostgreSQL, in a thread of its own since the program's waits, and cuts
 * the connection at a commit.
 */
export class CommitCutter implements AsyncDisposable {
  readonly url: string;
  readonly #worker: Worker;
  readonly #orders: Int32Array;

  private constructor(worker: Worker, shared: SharedArrayBuffer, url: string) {
    this.#worker = worker;
    this.#orders = new Int32Array(shared);
    this.url = url;
  }

  static async start(server: string): Promise<CommitCutter> {
    const url = new URL(server);
    const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const start: Start = { port: Number(url.port), orders: shared };
    const worker = new Worker(new URL(import.meta.url), { workerData: start });
    const port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    url.port = String(port);
    return new CommitCutter(worker, shared, url.href);
  }

  /** Once: the connections after it are left alone. */
  cutNext(when: CommitCut): void {
    Atomics.store(this.#orders, order, orders[when]);
  }

  /** True once the cut was made. */
  get hasCut(): boolean {
    return Atomics.load(this.#orders, order) === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

function serve({ port, orders: shared }: Start): void {
  const wanted = new Int32Array(shared);
  const server = createServer((client) => pass(client, connect(port, '127.0.0.1'), wanted));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    parentPort?.postMessage(typeof address === 'object' ? address?.port : undefined);
  });
}

function pass(client: Socket, server: Socket, wanted: Int32Array): void {
  let isCommitted = false;
  const cut = () => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on('error', cut).on('close', cut);
  client.on('data', (data: Buffer) => {
    const how = data.includes('COMMIT') ? Atomics.exchange(wanted, order, 0) : 0;
    if (how === orders.before) return cut();
    isCommitted = how === orders.after;
    server.write(data);
  });
  server.on('data', (data: Buffer) => {
    if (isCommitted) return cut();
    client.write(data);
  });
}

if (!isMainThread) serve(workerData as Start);
