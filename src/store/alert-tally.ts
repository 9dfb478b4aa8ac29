import type { AlertState } from '../domain/alert.ts';
import { bandRange, type QualityBand, qualityBands } from '../domain/quality/quality-band.ts';

/** What people made of alerts. */
export interface Verdicts {
  readonly confirmed: number;
  readonly dismissed: number;
  readonly open: number;
}

export interface ScoreBin extends Verdicts {
  /** Fused scores from here, included, to {@link binWidth} above. */
  readonly from: number;
  readonly to: number;
}

export interface AlertStatistics {
  readonly total: Verdicts;
  readonly byCamera: readonly ({ readonly cameraId: string } & Verdicts)[];
  readonly byWatchlist: readonly ({ readonly watchlistId: string } & Verdicts)[];
  readonly byQuality: readonly ({
    readonly band: QualityBand;
    readonly from: number;
    readonly to: number;
  } & Verdicts)[];
  /** By rising score, without gaps from the lowest score to the highest. */
  readonly scores: readonly ScoreBin[];
  /** Decided alerts by list and fine bin of score, for `suggestThreshold`. */
  readonly decided: ReadonlyMap<string, readonly DecidedScore[]>;
}

/** Decided alerts with nearly the same score. */
export interface DecidedScore {
  /** Lower end of the bin. */
  readonly score: number;
  readonly outcome: 'confirmed' | 'dismissed';
  readonly count: number;
}

/** Width of a bin of the histogram of scores. */
export const binWidth = 0.05;
/** Fine bins a histogram's bin. */
export const fineParts = 10;

/** What of an alert is counted. */
export interface CountedAlert {
  readonly camera: string;
  readonly list: string;
  readonly state: AlertState;
  /** Null where it would hint at what is kept from a second reviewer. */
  readonly band: number | null;
  /** In parts of the histogram's bins; null likewise. */
  readonly bin: number | null;
}

type Counts = { -readonly [outcome in keyof Verdicts]: Verdicts[outcome] };

/** Counts alerts one after the other. */
export class AlertTally {
  readonly #total = noVerdicts();
  readonly #byCamera = new Map<string, Counts>();
  readonly #byList = new Map<string, Counts>();
  readonly #byBand = qualityBands.map(noVerdicts);
  /** By number of the histogram's bin. */
  readonly #bins = new Map<number, Counts>();
  /** By list, then by fine bin. */
  readonly #decided = new Map<string, Map<number, Counts>>();

  add({ camera, list, state, band, bin }: CountedAlert): void {
    const outcome = state === 'confirmed' || state === 'dismissed' ? state : 'open';
    this.#total[outcome] += 1;
    of(this.#byCamera, camera)[outcome] += 1;
    of(this.#byList, list)[outcome] += 1;
    const ofBand = band === null ? undefined : this.#byBand[band];
    if (ofBand !== undefined) ofBand[outcome] += 1;
    if (bin === null) return;
    of(this.#bins, Math.floor(bin / fineParts))[outcome] += 1;
    if (outcome === 'open') return;
    const ofList = this.#decided.get(list) ?? new Map<number, Counts>();
    this.#decided.set(list, ofList);
    of(ofList, bin)[outcome] += 1;
  }

  result(): AlertStatistics {
    return {
      total: this.#total,
      byCamera: sorted(this.#byCamera).map(([cameraId, counts]) => ({ cameraId, ...counts })),
      byWatchlist: sorted(this.#byList).map(([watchlistId, counts]) => ({
        watchlistId,
        ...counts,
      })),
      byQuality: qualityBands.map((band, at) => ({
        band,
        ...bandRange(band),
        ...(this.#byBand[at] ?? noVerdicts()),
      })),
      scores: this.#histogram(),
      decided: new Map(
        [...this.#decided].map(([list, bins]) => [list, [...bins].flatMap(decidedScores)]),
      ),
    };
  }

  #histogram(): ScoreBin[] {
    const numbers = [...this.#bins.keys()];
    if (numbers.length === 0) return [];
    const first = Math.min(...numbers);
    return Array.from({ length: Math.max(...numbers) - first + 1 }, (_, at) => ({
      from: Number(((first + at) * binWidth).toFixed(2)),
      to: Number(((first + at + 1) * binWidth).toFixed(2)),
      ...(this.#bins.get(first + at) ?? noVerdicts()),
    }));
  }
}

function noVerdicts(): Counts {
  return { confirmed: 0, dismissed: 0, open: 0 };
}

function of<K>(counts: Map<K, Counts>, key: K): Counts {
  let found = counts.get(key);
  if (found === undefined) {
    found = noVerdicts();
    counts.set(key, found);
  }
  return found;
}

function sorted(counts: ReadonlyMap<string, Counts>): [string, Counts][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function decidedScores([bin, counts]: [number, Counts]): DecidedScore[] {
  const score = Number(((bin * binWidth) / fineParts).toFixed(4));
  return (['confirmed', 'dismissed'] as const)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => ({ score, outcome, count: counts[outcome] }));
}
