import type { Operation, Results } from './protocol.ts';
import type { Request } from './request-queue.ts';

interface Batch {
  readonly requests: readonly Request[];
  readonly cancelWatchdog: () => void;
}

/** Batches that a worker has: the one that runs, and those that are queued at it. */
export class InFlight {
  readonly #batches = new Map<number, Batch>();

  get size(): number {
    return this.#batches.size;
  }

  add(id: number, requests: readonly Request[], cancelWatchdog: () => void): void {
    this.#batches.set(id, { requests, cancelWatchdog });
  }

  /** Answers the requests of a batch; does nothing when it was given up. */
  resolve(id: number, results: readonly Results[Operation][]): void {
    for (const [i, request] of this.#take(id).entries()) {
      request.resolve(results[i] as Results[Operation]);
    }
  }

  reject(id: number, error: Error): void {
    for (const request of this.#take(id)) request.reject(error);
  }

  rejectAll(error: Error): void {
    for (const id of this.#batches.keys()) this.reject(id, error);
  }

  #take(id: number): readonly Request[] {
    const batch = this.#batches.get(id);
    if (batch === undefined) return [];
    this.#batches.delete(id);
    batch.cancelWatchdog();
    return batch.requests;
  }
}
