/**
 * Tracks whose last keyframe was rejected after it had been chosen. What rejects (`embed`)
 * and what chooses (`selectKeyframes`) share one for a camera: a track that began with a
 * covered or cut-off face would else wait for a clearly better one.
 */
export class RejectedTracks {
  readonly #ids = new Set<string>();

  /** @internal used by the stage that rejects */
  add(trackId: string): void {
    this.#ids.add(trackId);
    // Tracks end unseen here: the bound is far above what a camera has at once.
    if (this.#ids.size > 256) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
  }

  /** Whether it was rejected since this was last asked. @internal used by the stage that chooses */
  take(trackId: string): boolean {
    return this.#ids.delete(trackId);
  }
}
