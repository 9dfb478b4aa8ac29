import type { AcquiredFace } from './acquire-faces.ts';
import { isFirst } from './identification-rates.ts';
import type { SearchResult } from './search-gallery.ts';

/** What is known of a level beside its rates. */
export interface LevelSummary {
  readonly level: string;
  readonly pictures: number;
  readonly acquired: number;
  readonly enhanced: number;
  readonly medianInterEyeDistance: number;
  /** Over enhanced faces; NaN when there are none. */
  readonly meanGate: number;
  readonly meanQuality: number;
  readonly meanRecognisability: number;
  /** Means over single frames with an undegraded partner; null when there are none. */
  readonly distances: {
    readonly pairs: number;
    readonly rawPsnr: number;
    readonly rawSsim: number;
    readonly enhancedPsnr: number;
    readonly enhancedSsim: number;
  } | null;
  /** Of the single frames that the compared system does not place first: the share that is, fused. */
  readonly missedByComparedAndFound: { readonly missed: number; readonly found: number } | null;
}

export function summarise(
  level: string,
  faces: readonly (AcquiredFace | null)[],
  fused: readonly SearchResult[],
  compared: readonly SearchResult[] | undefined,
): LevelSummary {
  const acquired = faces.filter((face) => face !== null);
  const enhanced = acquired.filter((face) => face.enhanced !== null);
  const pairs = acquired.flatMap(({ distances }) => distances ?? []);
  const missed = compared?.flatMap((result, i) =>
    isFirst(result) ? [] : [fused[i] as SearchResult],
  );
  const distances = acquired.map((face) => face.interEyeDistance).sort((a, b) => a - b);
  return {
    level,
    pictures: faces.length,
    acquired: acquired.length,
    enhanced: enhanced.length,
    medianInterEyeDistance: distances[Math.floor(distances.length / 2)] ?? Number.NaN,
    meanGate: mean(enhanced.map(({ gate }) => gate)),
    meanQuality: mean(acquired.map(({ quality }) => quality.score)),
    meanRecognisability: mean(acquired.map(({ raw }) => raw.recognisability)),
    distances:
      pairs.length === 0
        ? null
        : {
            pairs: pairs.length,
            rawPsnr: mean(pairs.map(({ raw }) => raw.psnr)),
            rawSsim: mean(pairs.map(({ raw }) => raw.ssim)),
            enhancedPsnr: mean(pairs.map((pair) => pair.enhanced.psnr)),
            enhancedSsim: mean(pairs.map((pair) => pair.enhanced.ssim)),
          },
    missedByComparedAndFound:
      missed === undefined ? null : { missed: missed.length, found: missed.filter(isFirst).length },
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((a, b) => a + b, 0) / values.length;
}
