import { setImmediate as nextTurn } from 'node:timers/promises';
import { NightglassError } from '../../domain/errors.ts';
import type { Gallery, ListMatch, Probe } from '../../domain/match.ts';
import type { SearchRequest, WatchlistGallery } from './gallery.ts';

export interface SearchQueueOptions {
  readonly gallery: Pick<WatchlistGallery, 'search' | 'searchAll' | 'bytes'>;
  /** Templates read at a stretch, bytes; default 8 MiB, a millisecond or less. */
  readonly bytesAtOnce?: number;
  /** Searches that may wait for the one under way; default 256. */
  readonly capacity?: number;
  /** Lets others work; default: a turn of the event loop. */
  readonly pause?: () => Promise<unknown>;
}

interface Waiting extends SearchRequest {
  readonly done: PromiseWithResolvers<readonly ListMatch[]>;
}

/**
 * Searches the gallery without holding up the event loop: small lists at once,
 * large ones by the millisecond. What comes meanwhile waits and then shares one
 * pass over the templates.
 */
export class SearchQueue implements Gallery, Disposable {
  readonly #gallery: SearchQueueOptions['gallery'];
  readonly #bytesAtOnce: number;
  readonly #capacity: number;
  readonly #pause: () => Promise<unknown>;
  #waiting: Waiting[] = [];
  #running = false;
  #closed = false;

  constructor(options: SearchQueueOptions) {
    this.#gallery = options.gallery;
    this.#bytesAtOnce = options.bytesAtOnce ?? 8 * 2 ** 20;
    this.#capacity = options.capacity ?? 256;
    this.#pause = options.pause ?? nextTurn;
  }

  /** @throws NightglassError `GALLERY_OVERLOADED`; as rejection `GALLERY_CLOSED` */
  search(probe: Probe, cameraId: string): readonly ListMatch[] | Promise<readonly ListMatch[]> {
    if (this.#gallery.bytes(probe, cameraId) <= this.#bytesAtOnce) {
      return this.#gallery.search(probe, cameraId);
    }
    if (this.#closed) throw closed();
    if (this.#waiting.length >= this.#capacity) {
      throw new NightglassError(
        'GALLERY_OVERLOADED',
        `Cannot search the watchlists: ${this.#capacity} searches wait already`,
        { hint: 'Put fewer people on the lists, or name fewer cameras in them.' },
      );
    }
    const done = Promise.withResolvers<readonly ListMatch[]>();
    this.#waiting.push({ probe, cameraId, done });
    if (!this.#running) void this.#run();
    return done.promise;
  }

  /** Rejects what waits or is under way. Idempotent. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const { done } of this.#waiting.splice(0)) done.reject(closed());
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        const found = await this.#pass(batch);
        for (const [at, { done }] of batch.entries()) done.resolve(found[at] ?? []);
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#running = false;
  }

  async #pass(batch: readonly Waiting[]): Promise<(readonly ListMatch[])[]> {
    const pass = this.#gallery.searchAll(batch, this.#bytesAtOnce);
    for (;;) {
      const step = pass.next();
      if (step.done) return step.value;
      await this.#pause();
      if (this.#closed) throw closed();
    }
  }
}

function closed(): NightglassError {
  return new NightglassError('GALLERY_CLOSED', 'Cannot search the watchlists: shutting down');
}
