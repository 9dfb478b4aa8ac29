import type { Clock } from '../../src/domain/clock.ts';
import type { MediaTransport } from './media-transport.ts';

const tickMs = 50;

/**
 * A transport with a limited rate: packets wait in a queue. Its owner bounds
 * the queue by looking at `backlog` before it sends.
 */
export class ThrottledTransport implements MediaTransport {
  readonly #inner: MediaTransport;
  readonly #clock: Clock;
  readonly #queue: Buffer[] = [];
  #queued = 0;
  #bytesPerSecond: number | undefined;
  #budget = 0;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(inner: MediaTransport, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  get header(): string {
    return this.#inner.header;
  }

  get backlog(): number {
    return this.#queued + this.#inner.backlog;
  }

  /** Sets the rate; undefined lifts the limit and lets out what waits. */
  limit(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#budget = 0;
    if (bytesPerSecond === undefined) this.#flush(Number.POSITIVE_INFINITY);
  }

  sendRtp(packets: readonly Buffer[]): void {
    if (this.#closed) return;
    if (this.#bytesPerSecond === undefined) {
      this.#inner.sendRtp(packets);
      return;
    }
    for (const packet of packets) {
      this.#queue.push(packet);
      this.#queued += packet.length;
    }
    this.#arm();
  }

  sendRtcp(packet: Buffer): void {
    if (!this.#closed) this.#inner.sendRtcp(packet);
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#queue.length = 0;
    this.#queued = 0;
    this.#inner.close();
  }

  #arm(): void {
    if (this.#cancel !== undefined || this.#queue.length === 0) return;
    this.#cancel = this.#clock.after(tickMs, () => {
      this.#cancel = undefined;
      this.#budget += ((this.#bytesPerSecond ?? 0) * tickMs) / 1000;
      this.#budget -= this.#flush(this.#budget);
      this.#arm();
    });
  }

  #flush(budget: number): number {
    let sent = 0;
    for (;;) {
      const packet = this.#queue[0];
      if (packet === undefined || sent + packet.length > budget) return sent;
      this.#queue.shift();
      sent += packet.length;
      this.#queued -= packet.length;
      this.#inner.sendRtp([packet]);
    }
  }
}
