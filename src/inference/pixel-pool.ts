/** Buffers kept for the next picture, at most; each holds some hundred kilobytes. */
const maxIdle = 16;

/**
 * Shared memory for pictures on their way to a worker, used over and over. A
 * new buffer for each would be garbage in two threads: at four cameras that
 * alone made the collector mark the whole heap every second.
 */
export class PixelPool {
  readonly #idle: Uint8Array[] = [];

  /** Memory of exactly `bytes` bytes, content undefined. */
  take(bytes: number): Uint8Array {
    const at = this.#idle.findLastIndex(({ length }) => length === bytes);
    const [found] = at < 0 ? [] : this.#idle.splice(at, 1);
    return found ?? new Uint8Array(new SharedArrayBuffer(bytes));
  }

  /** Gives memory back that no thread reads any more. The least recently used goes first. */
  giveBack(memory: Uint8Array): void {
    this.#idle.push(memory);
    if (this.#idle.length > maxIdle) this.#idle.shift();
  }
}
