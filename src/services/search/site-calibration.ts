import { binomialInterval, type Interval } from '../../domain/binomial-interval.ts';
import { binWidth, type ListHistogram } from '../../store/stranger-score-table.ts';

/** What a threshold does to the strangers of a camera. Shares, 0..1. */
export interface SitePoint {
  readonly threshold: number;
  /** Strangers whose best score reached it. */
  readonly falsePositives: number;
  readonly fpir: number;
  /** 95 %, binomial. */
  readonly interval: Interval;
}

/** Thresholds of one watchlist that follow from a camera's strangers. */
export interface SiteCalibration extends ListHistogram {
  /** Tracks of strangers, one score each. */
  readonly strangers: number;
  /** The lowest threshold that has the rate asked for; null without strangers. */
  readonly point: SitePoint | null;
  /**
   * The lowest threshold whose interval lies below that rate as a whole: safe to set; null
   * where there are too few strangers to say so.
   */
  readonly careful: SitePoint | null;
  /** Strangers that `careful` needs at least: with none above it, the interval ends at the rate. */
  readonly needed: number;
}

/**
 * Thresholds for a false positive identification rate from a histogram of strangers' best
 * scores. Thresholds are edges of bins, so that no score has to be kept.
 * @param fpir above 0, below 1
 */
export function calibrateSite(histogram: ListHistogram, fpir: number): SiteCalibration {
  if (!(fpir > 0 && fpir < 1)) throw new RangeError('Cannot calibrate: fpir must be within 0..1');
  const { bins } = histogram;
  const strangers = bins.reduce((sum, { count }) => sum + count, 0);
  let point: SitePoint | null = null;
  let careful: SitePoint | null = null;
  let above = 0;
  // From the highest score down: the last edge that holds is the lowest one.
  for (let i = bins.length; i >= 0; i -= 1) {
    above += bins[i]?.count ?? 0;
    const threshold = bins[i]?.from ?? upperEdge(histogram);
    const interval = binomialInterval(above, strangers);
    const here = { threshold, falsePositives: above, fpir: share(above, strangers), interval };
    if (strangers > 0 && here.fpir <= fpir) point = here;
    if (strangers > 0 && interval[1] <= fpir) careful = here;
    if (here.fpir > fpir) break;
  }
  const needed = Math.ceil(Math.log(0.025) / Math.log1p(-fpir));
  return { ...histogram, strangers, point, careful, needed };
}

/** Just above the highest score that was seen. */
function upperEdge({ bins }: ListHistogram): number {
  const last = bins.at(-1);
  return last === undefined ? 1 : Math.min(1, Number((last.from + binWidth).toFixed(4)));
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : count / of;
}
