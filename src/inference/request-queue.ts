import type { Items, Operation, Results } from './protocol.ts';

/** A piece of work on its way. */
export interface Request {
  readonly item: Items[Operation];
  /** Work of one bucket can share a batch: its tensors have one shape. */
  readonly bucket: string;
  /** When it was queued, monotonic milliseconds. */
  readonly queuedAt: number;
  /** Settles the caller's promise; the first call wins. */
  resolve(result: Results[Operation]): void;
  reject(error: Error): void;
}

/** Bounded first-in first-out queue of one operation, read in batches of one bucket. */
export class RequestQueue {
  readonly operation: Operation;
  readonly limit: number;
  readonly #requests: Request[] = [];

  /** @param limit requests that may wait */
  constructor(operation: Operation, limit: number) {
    this.operation = operation;
    this.limit = limit;
  }

  get depth(): number {
    return this.#requests.length;
  }

  /** The request that has waited longest. */
  get head(): Request | undefined {
    return this.#requests[0];
  }

  /** False when the queue is full. */
  push(request: Request): boolean {
    if (this.#requests.length >= this.limit) return false;
    this.#requests.push(request);
    return true;
  }

  /** How many requests the next batch would hold. */
  ready(max: number): number {
    const bucket = this.head?.bucket;
    let count = 0;
    for (const request of this.#requests) {
      if (request.bucket === bucket) count += 1;
      if (count === max) break;
    }
    return count;
  }

  /** Takes up to `max` requests of the head's bucket, oldest first. */
  take(max: number): Request[] {
    const bucket = this.head?.bucket;
    const batch: Request[] = [];
    for (let i = 0; i < this.#requests.length && batch.length < max; ) {
      const request = this.#requests[i] as Request;
      if (request.bucket === bucket) {
        batch.push(request);
        this.#requests.splice(i, 1);
      } else {
        i += 1;
      }
    }
    return batch;
  }

  /** Takes out one request; false when it is not waiting. */
  remove(request: Request): boolean {
    const at = this.#requests.indexOf(request);
    if (at < 0) return false;
    this.#requests.splice(at, 1);
    return true;
  }

  /** Takes out all. */
  drain(): Request[] {
    return this.#requests.splice(0);
  }
}
