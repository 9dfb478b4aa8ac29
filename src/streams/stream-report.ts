import type { CameraStream } from '../domain/camera-status.ts';
import type { Clock } from '../domain/clock.ts';
import type { StreamNotes } from './rtsp/stream-notes.ts';
import type { StreamWay } from './video-source.ts';

/** By how much a rate must change to be news. */
const newsworthy = 0.25;

/** What a stream's status says of how it comes: the way, rates, and what is odd. */
export class StreamReport {
  readonly #notes: StreamNotes;
  readonly #clock: Clock;
  #stream: CameraStream | null = null;

  constructor(notes: StreamNotes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  /** `null` until the way is known. */
  get stream(): CameraStream | null {
    return this.#stream;
  }

  comes(way: StreamWay): void {
    const before = this.#stream ?? { bytesPerSecond: 0, packetsPerSecond: 0, notes: {}, noted: {} };
    this.#stream = { ...before, ...way };
  }

  restart(): void {
    this.#notes.restart(this.#clock.monotonic());
  }

  /** Measures since the last call. @returns whether there is news */
  update(): boolean {
    const before = this.#stream;
    const rates = this.#notes.take(this.#clock.monotonic());
    if (before === null) return false;
    const noted = this.#notes.totals();
    const isNews =
      JSON.stringify(noted) !== JSON.stringify(before.noted) ||
      Object.keys(rates.notes).length !== Object.keys(before.notes).length ||
      differs(rates.bytesPerSecond, before.bytesPerSecond) ||
      differs(rates.packetsPerSecond, before.packetsPerSecond);
    if (isNews)
      this.#stream = { client: before.client, transport: before.transport, ...rates, noted };
    return isNews;
  }
}

function differs(now: number, before: number): boolean {
  return Math.abs(now - before) > Math.max(now, before) * newsworthy;
}
