import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import type { RingBudget } from './ring-budget.ts';

/** A key picture and what follows it up to the next one. */
export interface PictureGroup {
  readonly pictures: EncodedPicture[];
  bytes: number;
  /** Changes where a connection begins: time stamps of two have nothing to do with each other. */
  readonly session: number;
}

export type RingLoss = 'camera_budget' | 'total_budget';

export interface PacketRingOptions {
  readonly cameraId: string;
  /** How much is held while nobody needs more, milliseconds. */
  readonly hold: number;
  /** Of this camera. */
  readonly maxBytes: number;
  /** Of all cameras. */
  readonly budget: RingBudget;
  /** Pictures that had to go before their time. */
  readonly onLost?: (cameraId: string, reason: RingLoss, pictures: number) => void;
  readonly onPicture?: (picture: EncodedPicture) => void;
  /** The connection is over, or the camera is closed. */
  readonly onEnd?: (why: 'camera' | 'stopped') => void;
}

/**
 * The last seconds of a camera as it sent them, in memory alone, from a key picture on. What is
 * older goes, group by group, unless a recording needs it; where the bytes run out the oldest go
 * first in any case, and are counted.
 */
export class PacketRing {
  readonly cameraId: string;
  readonly #options: PacketRingOptions;
  readonly #groups: PictureGroup[] = [];
  #bytes = 0;
  #session = 0;
  #needsKey = true;
  #size = { width: 0, height: 0 };
  #neededFrom = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(options: PacketRingOptions) {
    this.cameraId = options.cameraId;
    this.#options = options;
    options.budget.join(this);
  }

  /** Held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** From the oldest picture to the newest, milliseconds. */
  get held(): number {
    const newest = this.#groups.at(-1)?.pictures.at(-1);
    const oldest = this.#groups[0]?.pictures[0];
    return newest === undefined || oldest === undefined
      ? 0
      : newest.arrivedMonotonic - oldest.arrivedMonotonic;
  }

  /** Arrival of the oldest group; whether a recording needs it. Undefined when empty. */
  get oldest(): { readonly at: number; readonly isNeeded: boolean } | undefined {
    const group = this.#groups[0];
    const at = group?.pictures[0]?.arrivedMonotonic;
    if (group === undefined || at === undefined) return undefined;
    return { at, isNeeded: this.#isNeeded(0) };
  }

  /** As the analysis sees the picture. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#size;
  }

  video({ width, height }: { readonly width: number; readonly height: number }): boolean {
    this.#size = { width, height };
    return false;
  }

  /** A new connection begins. */
  restart(): void {
    this.#session += 1;
    this.#needsKey = true;
    this.#options.onEnd?.('camera');
  }

  picture(picture: EncodedPicture): void {
    if (this.#closed) return;
    if (this.#needsKey && !picture.key) return;
    this.#needsKey = false;
    const last = this.#groups.at(-1);
    const { length } = picture.data;
    if (picture.key || last === undefined) {
      this.#groups.push({ pictures: [picture], bytes: length, session: this.#session });
    } else {
      last.pictures.push(picture);
      last.bytes += length;
    }
    this.#grow(length);
    this.#expire(picture.arrivedMonotonic);
    while (this.#bytes > this.#options.maxBytes) this.drop('camera_budget');
    this.#options.budget.relieve();
    this.#options.onPicture?.(picture);
  }

  /** What came at or after this time is needed until said otherwise; infinity for nothing. */
  need(from: number): void {
    this.#neededFrom = from;
  }

  /**
   * The pictures from the last key picture at or before `from` to the one at or before `until`,
   * of the monotonic clock, of the connection that was there at `at`.
   * @param isStrict from the first key picture at or after `from` instead
   */
  between(from: number, until: number, at: number, isStrict = false): readonly EncodedPicture[] {
    const started = (group: PictureGroup) => group.pictures[0]?.arrivedMonotonic ?? 0;
    const current = this.#groups.findLast((group) => started(group) <= at) ?? this.#groups[0];
    if (current === undefined) return [];
    const same = this.#groups.filter(({ session }) => session === current.session);
    const before = same.findLastIndex((group) => started(group) <= from);
    const after = same.findIndex((group) => started(group) >= from);
    const first = isStrict ? after : Math.max(before, 0);
    if (first === -1) return [];
    return same
      .slice(first)
      .flatMap(({ pictures }) => pictures)
      .filter(({ arrivedMonotonic }) => arrivedMonotonic <= until);
  }

  /** Gives up the oldest group. */
  drop(reason: RingLoss): void {
    const group = this.#groups.shift();
    if (group === undefined) return;
    this.#grow(-group.bytes);
    // What follows a key picture that is gone cannot be decoded.
    if (this.#groups.length === 0) this.#needsKey = true;
    this.#options.onLost?.(this.cameraId, reason, group.pictures.length);
  }

  /** Ends recordings of it and forgets everything. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onEnd?.('stopped');
    this.#groups.length = 0;
    this.#grow(-this.#bytes);
    this.#options.budget.leave(this);
  }

  /** A group goes once the next one covers what is to be held. */
  #expire(now: number): void {
    const from = now - this.#options.hold;
    while (this.#groups.length > 1) {
      const next = this.#groups[1]?.pictures[0]?.arrivedMonotonic ?? now;
      if (next > from || this.#isNeeded(0)) return;
      this.#grow(-(this.#groups[0]?.bytes ?? 0));
      this.#groups.shift();
    }
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#options.budget.change(bytes);
  }

  #isNeeded(at: number): boolean {
    const next = this.#groups[at + 1]?.pictures[0];
    return next === undefined
      ? this.#neededFrom < Number.POSITIVE_INFINITY
      : next.arrivedMonotonic > this.#neededFrom;
  }
}
