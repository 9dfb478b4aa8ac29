/** A measured share, 0..1, with its 95 % interval. */
export interface Measured {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How people were found in the evaluation at one level of quality. */
export interface RecognitionLevel {
  readonly level: string;
  /** Median pixels between the eyes. */
  readonly eyes: number;
  readonly meanRecognisability: number;
  readonly probes: number;
  readonly rank1: Measured;
  /** At the report's rate of false alerts. */
  readonly tpir: Measured;
}

/** The evaluation's figures, as its report holds them. */
export interface RecognitionFigures {
  /** When it was made, ISO 8601. */
  readonly date: string;
  readonly fpir: number;
  readonly enrolled: number;
  /** SHA-256 of the recogniser that was evaluated. */
  readonly recogniser: string;
  /** Of tracks pooled as the live path does, and of single frames of the same videos; largest faces first. */
  readonly tracks: readonly RecognitionLevel[];
  readonly singles: readonly RecognitionLevel[];
}

/** Pixels between the eyes at which nobody is recognised any more. */
export const blindDistance = 4;

/**
 * What was measured, at a distance between the measured ones: straight over the logarithm of the
 * distance. Beyond the largest faces nothing more is promised.
 */
export function recognitionAt(
  levels: readonly RecognitionLevel[],
  eyes: number,
  of: 'rank1' | 'tpir',
): Measured {
  const nothing = { value: 0, low: 0, high: 0 };
  if (eyes <= blindDistance) return nothing;
  const rising = levels.toSorted((a, b) => a.eyes - b.eyes);
  let below = { eyes: blindDistance, measured: nothing as Measured };
  for (const level of rising) {
    if (eyes <= level.eyes) {
      const share = Math.log(eyes / below.eyes) / Math.log(level.eyes / below.eyes);
      return between(below.measured, level[of], share);
    }
    below = { eyes: level.eyes, measured: level[of] };
  }
  return below.measured;
}

/** Pixels between the eyes at which the evaluation's faces are as recognisable. */
export function distanceAsRecognisable(
  levels: readonly RecognitionLevel[],
  recognisability: number,
): number {
  const rising = levels.toSorted((a, b) => a.eyes - b.eyes);
  let below = { eyes: blindDistance, seen: 0 };
  for (const { eyes, meanRecognisability: seen } of rising) {
    if (recognisability <= seen) {
      const share = (recognisability - below.seen) / (seen - below.seen);
      return below.eyes * (eyes / below.eyes) ** share;
    }
    below = { eyes, seen };
  }
  // As recognisable as the evaluation's best faces: the distance alone decides.
  return Number.POSITIVE_INFINITY;
}

function between(a: Measured, b: Measured, share: number): Measured {
  const at = (of: keyof Measured) => a[of] + (b[of] - a[of]) * share;
  return { value: at('value'), low: at('low'), high: at('high') };
}
