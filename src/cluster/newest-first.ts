import { LRUCache } from 'lru-cache';

/** What is told apart of what waits. */
export interface OfTrack {
  readonly cameraId: string;
  readonly trackId: string;
}

export interface NewestFirstOptions {
  /** Items of a camera that wait at most, and of all cameras. */
  readonly perCamera: number;
  readonly inAll: number;
}

interface Waiting<T> {
  readonly item: T;
  /** When its track began, as a number that only grows. */
  readonly rank: number;
}

/** Tracks whose beginning is remembered; one that is forgotten counts as new when it comes again. */
const mostTracks = 4_096;

/**
 * What waits for others that may be too slow: cameras take turns, of a camera the track that began
 * last goes first, and of a track what came first. Where there is no room what came first of the
 * oldest track goes, of the camera that has most.
 */
export class NewestFirst<T extends OfTrack> {
  readonly #options: NewestFirstOptions;
  /** Those of a camera as they came; the camera whose turn it is comes first. */
  readonly #cameras = new Map<string, Waiting<T>[]>();
  readonly #ranks = new LRUCache<string, number>({ max: mostTracks });
  #begun = 0;
  #size = 0;

  constructor(options: NewestFirstOptions) {
    if (!(options.perCamera >= 1 && options.inAll >= 1)) {
      throw new RangeError('Cannot hold anything: both bounds must be at least 1');
    }
    this.#options = options;
  }

  /** Items that wait. */
  get size(): number {
    return this.#size;
  }

  /** @returns what had to go for it, which may be itself */
  add(item: T): T | undefined {
    const { inAll, perCamera } = this.#options;
    const waiting = this.#cameras.get(item.cameraId) ?? [];
    waiting.push({ item, rank: this.#rankOf(item) });
    this.#cameras.set(item.cameraId, waiting);
    this.#size += 1;
    if (waiting.length > perCamera) return this.#dropOldest(item.cameraId, waiting);
    if (this.#size <= inAll) return undefined;
    let most: [string, Waiting<T>[]] = [item.cameraId, waiting];
    for (const each of this.#cameras) if (each[1].length > most[1].length) most = each;
    return this.#dropOldest(...most);
  }

  /** What goes next; undefined when nothing waits. */
  take(): T | undefined {
    const [first] = this.#cameras;
    if (first === undefined) return undefined;
    const [cameraId, waiting] = first;
    // To the end: it is another camera's turn.
    this.#cameras.delete(cameraId);
    this.#cameras.set(cameraId, waiting);
    return this.#takeOut(cameraId, waiting, (rank, best) => rank > best);
  }

  /** @returns false where it did not wait any more */
  remove(item: T): boolean {
    const waiting = this.#cameras.get(item.cameraId);
    const at = waiting?.findIndex((each) => each.item === item) ?? -1;
    if (waiting === undefined || at < 0) return false;
    this.#cut(item.cameraId, waiting, at);
    return true;
  }

  #dropOldest(cameraId: string, waiting: Waiting<T>[]): T | undefined {
    return this.#takeOut(cameraId, waiting, (rank, worst) => rank < worst);
  }

  /** Of those that `isBefore` puts first, the one that came first. */
  #takeOut(
    cameraId: string,
    waiting: Waiting<T>[],
    isBefore: (rank: number, other: number) => boolean,
  ): T | undefined {
    let chosen = 0;
    for (const [at, { rank }] of waiting.entries()) {
      if (isBefore(rank, (waiting[chosen] as Waiting<T>).rank)) chosen = at;
    }
    return this.#cut(cameraId, waiting, chosen);
  }

  #cut(cameraId: string, waiting: Waiting<T>[], at: number): T | undefined {
    const [cut] = waiting.splice(at, 1);
    if (waiting.length === 0) this.#cameras.delete(cameraId);
    this.#size -= 1;
    return cut?.item;
  }

  #rankOf({ cameraId, trackId }: OfTrack): number {
    const key = `${cameraId}/${trackId}`;
    const known = this.#ranks.get(key);
    if (known !== undefined) return known;
    this.#begun += 1;
    this.#ranks.set(key, this.#begun);
    return this.#begun;
  }
}
