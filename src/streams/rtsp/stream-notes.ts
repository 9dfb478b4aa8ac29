import {
  type StreamNoteCounts,
  type StreamNoteKind,
  streamNoteKinds,
} from '../../domain/stream-notes.ts';

/** Counts what is odd in one stream, and what comes of it at all. */
export class StreamNotes {
  readonly #totals = new Map<StreamNoteKind, number>();
  #before = new Map<StreamNoteKind, number>();
  #packets = 0;
  #bytes = 0;
  #seen = { packets: 0, bytes: 0, at: 0 };

  count(kind: StreamNoteKind, times = 1): void {
    this.#totals.set(kind, (this.#totals.get(kind) ?? 0) + times);
  }

  /** A packet of the stream itself. */
  packet(bytes: number): void {
    this.#packets += 1;
    this.#bytes += bytes;
  }

  get packets(): number {
    return this.#packets;
  }

  /** Since the start of the stream. */
  totals(): StreamNoteCounts {
    return Object.fromEntries(this.#totals);
  }

  total(kind: StreamNoteKind): number {
    return this.#totals.get(kind) ?? 0;
  }

  /** A second of each since the last call. @param now monotonic milliseconds */
  take(now: number): {
    readonly notes: StreamNoteCounts;
    readonly packetsPerSecond: number;
    readonly bytesPerSecond: number;
  } {
    const seconds = Math.max(now - this.#seen.at, 1) / 1000;
    const notes: Partial<Record<StreamNoteKind, number>> = {};
    for (const kind of streamNoteKinds) {
      const more = this.total(kind) - (this.#before.get(kind) ?? 0);
      if (more > 0) notes[kind] = Math.round((more / seconds) * 10) / 10;
    }
    const packetsPerSecond = Math.round((this.#packets - this.#seen.packets) / seconds);
    const bytesPerSecond = Math.round((this.#bytes - this.#seen.bytes) / seconds);
    this.#before = new Map(this.#totals);
    this.#seen = { packets: this.#packets, bytes: this.#bytes, at: now };
    return { notes, packetsPerSecond, bytesPerSecond };
  }

  /** Starts the window of {@link take}. */
  restart(now: number): void {
    this.take(now);
  }

  /** A second of each since the start of the stream, over `seconds`. */
  rates(seconds: number): StreamNoteCounts {
    return Object.fromEntries(
      [...this.#totals].map(([kind, total]) => [kind, total / Math.max(seconds, 0.001)]),
    );
  }
}
