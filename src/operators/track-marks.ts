import { LRUCache } from 'lru-cache';

/**
 * Tracks that a later stage has something to say of to the one that chooses their keyframes: that
 * the last one turned out to be no face (`embed`), that another person is shown (`poolTemplate`).
 * Both stages share one for a camera.
 */
export class TrackMarks {
  // Tracks end unseen here: the bound is far above what a camera has at once.
  readonly #ids = new LRUCache<string, true>({ max: 256 });

  /** @internal used by the later stage */
  add(trackId: string): void {
    this.#ids.set(trackId, true);
  }

  /** Whether it was marked since this was last asked. @internal used by the stage that chooses */
  take(trackId: string): boolean {
    return this.#ids.delete(trackId);
  }
}
