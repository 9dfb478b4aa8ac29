import type { LumaImage } from '../image/image.ts';

/** A grid of blocks that coding left in pictures. */
export interface BlockGrid {
  /** Side of the blocks, pixels. */
  readonly side: 4 | 8 | 16;
  /** Steps at the blocks' edges over those elsewhere; 1: nothing is seen of a grid. */
  readonly strength: number;
}

const sides = [16, 8, 4] as const;
/** A grid is one from here on: chance and scenes reach some 1.03. */
const leastStrength = 1.08;

/** Sums steps between neighbours by their place, for the grid of blocks. */
export class BlockGridGatherer {
  /** By x modulo 16: mean steps from the pixel left of it, beyond what the slopes beside it say. */
  readonly #steps = new Float64Array(16);
  #pictures = 0;

  /** A picture whose own left top corner stands on the codec's grid. */
  add({ width, height, data }: LumaImage): void {
    this.#pictures += 1;
    const counts = new Float64Array(16);
    const sums = new Float64Array(16);
    for (let y = 0; y < height; y += 2) {
      for (let x = 2; x < width - 1; x += 1) {
        const at = y * width + x;
        const step = Math.abs(
          (data[at] ?? 0) -
            (data[at - 1] ?? 0) -
            ((data[at - 1] ?? 0) - (data[at - 2] ?? 0) + (data[at + 1] ?? 0) - (data[at] ?? 0)) / 2,
        );
        // Edges of the scene stand anywhere; a block's edge is a small step.
        if (step > 24) continue;
        sums[x % 16] = (sums[x % 16] ?? 0) + step;
        counts[x % 16] = (counts[x % 16] ?? 0) + 1;
      }
    }
    for (let place = 0; place < 16; place += 1)
      this.#steps[place] =
        (this.#steps[place] ?? 0) + (sums[place] ?? 0) / Math.max(1, counts[place] ?? 0);
  }

  /** @returns null where no grid is seen */
  grid(): BlockGrid | null {
    if (this.#pictures === 0) return null;
    for (const side of sides) {
      const strength = this.#strength(side);
      // Of 8, the places of 16 are a part: the larger one counts only where it is stronger by itself.
      if (strength >= leastStrength && !(side === 16 && this.#strength(8) > strength - 0.04))
        if (!(side === 8 && this.#strength(4) > strength - 0.04)) return { side, strength };
    }
    return null;
  }

  #strength(side: number): number {
    const [on, off] = [true, false].map((wanted) => {
      const places = [...this.#steps].filter((_, place) => (place % side === 0) === wanted);
      return places.reduce((sum, step) => sum + step, 0) / places.length;
    });
    return off === undefined || off === 0 ? 1 : (on ?? 0) / off;
  }
}
