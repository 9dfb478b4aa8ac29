import { isMarkedAsUntransferable } from 'node:worker_threads';
import type { Items, Operation } from './protocol.ts';

/**
 * Bytes that may be handed to a worker. What lies in shared memory goes as it is;
 * `owned` bytes that fill a buffer of their own are handed over themselves; all
 * else (a view into a pool, native memory, a picture that is still needed) is copied.
 */
export function handOver(bytes: Uint8Array, owned: boolean): Uint8Array {
  const { buffer } = bytes;
  if (buffer instanceof SharedArrayBuffer) return bytes;
  const whole = bytes.byteLength === buffer.byteLength && !isMarkedAsUntransferable(buffer);
  // A Buffer would lose its type on the way; a plain view of the same memory does not.
  if (owned && whole) return new Uint8Array(buffer);
  return new Uint8Array(bytes);
}

/** The buffers of work items that are handed over, each once. */
export function transferablesOf(items: readonly Items[Operation][]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const item of items) {
    const { buffer } = 'pair' in item ? item.pair : item.pixels.data;
    if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  }
  return [...buffers];
}
