import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { dotProducts } from '../../src/services/search/dot-products.ts';

/** Rows one behind the other, in memory that threads share. */
export interface Rows {
  readonly values: Float32Array<SharedArrayBuffer>;
  readonly dimension: number;
}

export interface Best {
  readonly row: number;
  readonly score: number;
}

/** Best row of each query. */
export type Search = (queries: readonly Float32Array[]) => Best[];

/** The product's own exact search over rows `from` to before `to`, which are copied. */
export function exactSearch({ values, dimension }: Rows, from: number, to: number): Search {
  const kernel = dotProducts(dimension);
  kernel.reserve(to - from);
  for (let row = from; row < to; row += 1) {
    kernel.set(row - from, values.subarray(row * dimension, (row + 1) * dimension));
  }
  return (queries) => {
    const best = queries.map(() => ({ row: -1, score: Number.NEGATIVE_INFINITY }));
    kernel.visit(queries, 0, to - from, (query, first, scores) => {
      const found = best[query] as { row: number; score: number };
      for (let i = 0; i < scores.length; i += 1) {
        if (!((scores[i] as number) > found.score)) continue;
        found.score = scores[i] as number;
        found.row = from + first + i;
      }
    });
    return best;
  };
}

/** The same over as many threads, each with its part of the rows. */
export class ShardedSearch implements AsyncDisposable {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  static async open(rows: Rows, threads: number): Promise<ShardedSearch> {
    const count = rows.values.length / rows.dimension;
    const workers = Array.from({ length: threads }, (_, at) => {
      const [from, to] = [at, at + 1].map((part) => Math.floor((part * count) / threads));
      return new Worker(new URL(import.meta.url), { workerData: { shard: { rows, from, to } } });
    });
    const sharded = new ShardedSearch(workers);
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    return sharded;
  }

  async search(queries: readonly Float32Array[]): Promise<Best[]> {
    const parts = await Promise.all(
      this.#workers.map(async (worker) => {
        worker.postMessage(queries);
        const [best] = (await once(worker, 'message')) as [Best[]];
        return best;
      }),
    );
    return queries.map((_, at) =>
      parts
        .map((part) => part[at] as Best)
        .reduce((best, each) => (each.score > best.score ? each : best)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

interface Shard {
  readonly rows: Rows;
  readonly from: number;
  readonly to: number;
}

const shard = (workerData as { shard?: Shard } | null)?.shard;
if (!isMainThread && shard !== undefined) {
  const search = exactSearch(shard.rows, shard.from, shard.to);
  parentPort?.on('message', (queries: Float32Array[]) => parentPort?.postMessage(search(queries)));
  parentPort?.postMessage('ready');
}
