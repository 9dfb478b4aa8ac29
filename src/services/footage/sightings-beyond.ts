import { footageBounds } from '../../domain/bounds.ts';

/**
 * Sightings that were one too many: they are counted, each once, however often its track gets a
 * better picture. The ids that are remembered are bounded, too: tracks are short, the oldest go.
 */
export class SightingsBeyond {
  readonly #ids = new Set<string>();
  #count: number;

  /** @param before how many there were when the search was interrupted */
  constructor(before = 0) {
    this.#count = before;
  }

  get count(): number {
    return this.#count;
  }

  add(id: string): void {
    this.#count += 1;
    this.#ids.add(id);
    if (this.#ids.size <= footageBounds.sightings) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
