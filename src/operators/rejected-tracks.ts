import { LRUCache } from 'lru-cache';

/**
 * Tracks whose last keyframe was rejected after it had been chosen. What rejects (`embed`)
 * and what chooses (`selectKeyframes`) share one for a camera: a track that began with a
 * covered or cut-off face would else wait for a clearly better one.
 */
export class RejectedTracks {
  // Tracks end unseen here: the bound is far above what a camera has at once.
  readonly #ids = new LRUCache<string, true>({ max: 256 });

  /** @internal used by the stage that rejects */
  add(trackId: string): void {
    this.#ids.set(trackId, true);
  }

  /** Whether it was rejected since this was last asked. @internal used by the stage that chooses */
  take(trackId: string): boolean {
    return this.#ids.delete(trackId);
  }
}
