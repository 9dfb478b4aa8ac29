/** What may cover a part of a face or head, by what it is. */
export const coverings = ['mask', 'darkGlasses', 'headwear'] as const;
export type Covering = (typeof coverings)[number];

/**
 * What hides parts of a face, as a model sees it. Shares are of the part's area; for a covering it
 * is how sure the model is, 0..1, calibrated so that {@link foundFrom} is where it counts as found.
 */
export interface Occlusion {
  /** Share of brows and eyes that is hidden, 0..1. */
  readonly upper: number;
  /** Share of nose, mouth and chin that is hidden, 0..1. */
  readonly lower: number;
  /** A mask, or a scarf before the mouth. */
  readonly mask: number;
  /** Glasses through which the eyes are not seen. */
  readonly darkGlasses: number;
  /** A cap, hat, helmet, hood, headscarf or turban; why it is worn is not told apart. */
  readonly headwear: number;
}

/** From here on a covering counts as found, and a part of the face as hidden. */
export const foundFrom = 0.5;

/** The coverings that were found. */
export function coveringsOf(occlusion: Pick<Occlusion, Covering>): Covering[] {
  return coverings.filter((covering) => occlusion[covering] >= foundFrom);
}
