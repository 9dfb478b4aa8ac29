/** How good a recorded face is, in a word that an operator uses. */
export type PictureVerdict = 'good' | 'fair' | 'poor';

/** Least inter-eye distance, pixels, and least quality, 0..100, of each word. */
const limits = { good: { eyes: 24, quality: 70 }, fair: { eyes: 14, quality: 45 } } as const;

export interface PictureFigures {
  /** Pixels. */
  readonly interEyeDistance: number;
  /** 0..100; not there for a second reviewer. */
  readonly quality?: number | undefined;
}

/** The word for a recorded face; without a quality, by its size alone. */
export function pictureVerdict({ interEyeDistance, quality }: PictureFigures): PictureVerdict {
  for (const word of ['good', 'fair'] as const) {
    const { eyes, quality: least } = limits[word];
    if (interEyeDistance >= eyes && (quality ?? 100) >= least) return word;
  }
  return 'poor';
}
