import type { AlertState } from '../domain/alert.ts';
import {
  bandFloors,
  bandRange,
  type QualityBand,
  qualityBands,
} from '../domain/quality/quality-band.ts';
import type { Store } from './store.ts';

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

export interface StatisticsFilter {
  /** Created at or after, and before, wall milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Only these; `'*'` for all. */
  readonly cameras: '*' | readonly string[];
  readonly watchlists: '*' | readonly string[];
}

/** Width of a bin of the histogram of scores. */
export const binWidth = 0.05;
/** Fine bins a histogram's bin. */
const fineParts = 10;

interface Group {
  readonly camera: string;
  readonly list: string;
  readonly state: AlertState;
  /** Null where it would hint at what is kept from a second reviewer. */
  readonly band: number | null;
  /** In parts of the histogram's bins; null likewise. */
  readonly bin: number | null;
  readonly count: number;
}

/** Entries of the index that are counted in one step: a millisecond or two. */
const window = 500;

/** Counts between two times of creation, by the index alone. */
export const statisticsSql = `SELECT camera_id AS camera, watchlist_id AS list, state,
    count(*) AS count,
    CASE WHEN hidden THEN NULL WHEN quality >= ${bandFloors.good} THEN 0
      WHEN quality >= ${bandFloors.fair} THEN 1 ELSE 2 END AS band,
    CASE WHEN hidden THEN NULL
      ELSE CAST(floor(score * ${fineParts / binWidth} + 1e-9) AS INTEGER) END AS bin
  FROM (
    SELECT *, two_person_review = 1 AND state NOT IN ('confirmed', 'dismissed') AS hidden
    FROM (SELECT camera_id, watchlist_id, state, two_person_review, quality, score FROM alerts
      WHERE created_at >= :from AND created_at < :to
        AND (:cameras IS NULL OR camera_id IN (SELECT value FROM json_each(:cameras)))
        AND (:lists IS NULL OR watchlist_id IN (SELECT value FROM json_each(:lists)))))
  GROUP BY camera, list, state, band, bin`;

/**
 * Counts stored alerts by camera, list, quality and score, some thousand a step.
 * Quality and score of alerts that two people judge count once they are decided.
 */
export function* alertStatistics(
  store: Pick<Store, 'prepare'>,
  { from, to, cameras, watchlists }: StatisticsFilter,
): Generator<void, AlertStatistics> {
  const groups = new Map<string, Group>();
  const values = {
    cameras: cameras === '*' ? null : JSON.stringify(cameras),
    lists: watchlists === '*' ? null : JSON.stringify(watchlists),
  };
  for (let start = from; ; ) {
    const end = store
      .prepare(
        `SELECT created_at FROM alerts WHERE created_at >= ? AND created_at < ?
         ORDER BY created_at LIMIT 1 OFFSET ${window}`,
      )
      .get(start, to)?.['created_at'];
    // Whatever was created within one millisecond is counted in one step.
    const until = end === undefined ? to : Math.max(Number(end), start + 1);
    const found = store.prepare(statisticsSql).all({ from: start, to: until, ...values });
    for (const group of found as unknown as readonly Group[]) {
      const { camera, list, state, band, bin } = group;
      const key = JSON.stringify([camera, list, state, band, bin]);
      groups.set(key, { ...group, count: group.count + (groups.get(key)?.count ?? 0) });
    }
    if (end === undefined) break;
    start = until;
    yield;
  }
  return summary([...groups.values()]);
}

function summary(groups: readonly Group[]): AlertStatistics {
  return {
    total: verdictsOf(groups),
    byCamera: grouped(groups, ({ camera }) => camera).map(([cameraId, of]) => ({
      cameraId,
      ...verdictsOf(of),
    })),
    byWatchlist: grouped(groups, ({ list }) => list).map(([watchlistId, of]) => ({
      watchlistId,
      ...verdictsOf(of),
    })),
    byQuality: qualityBands.map((band, at) => ({
      band,
      ...bandRange(band),
      ...verdictsOf(groups.filter((group) => group.band === at)),
    })),
    scores: histogram(groups),
    decided: decidedScores(groups),
  };
}

function verdictsOf(groups: readonly Group[]): Verdicts {
  const verdicts = { confirmed: 0, dismissed: 0, open: 0 };
  for (const { state, count } of groups) {
    if (state === 'confirmed' || state === 'dismissed') verdicts[state] += count;
    else verdicts.open += count;
  }
  return verdicts;
}

function grouped(
  groups: readonly Group[],
  keyOf: (group: Group) => string,
): [string, readonly Group[]][] {
  return [...Map.groupBy(groups, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1));
}

function histogram(groups: readonly Group[]): ScoreBin[] {
  const binOf = ({ bin }: Group) => (bin === null ? null : Math.floor(bin / fineParts));
  const bins = Map.groupBy(groups, binOf);
  bins.delete(null);
  const numbers = [...bins.keys()].filter((bin) => bin !== null);
  if (numbers.length === 0) return [];
  const first = Math.min(...numbers);
  return Array.from({ length: Math.max(...numbers) - first + 1 }, (_, at) => ({
    from: Number(((first + at) * binWidth).toFixed(2)),
    to: Number(((first + at + 1) * binWidth).toFixed(2)),
    ...verdictsOf(bins.get(first + at) ?? []),
  }));
}

function decidedScores(groups: readonly Group[]): Map<string, DecidedScore[]> {
  const decided = new Map<string, Map<string, DecidedScore>>();
  for (const { list, state, bin, count } of groups) {
    if (bin === null || (state !== 'confirmed' && state !== 'dismissed')) continue;
    const score = Number(((bin * binWidth) / fineParts).toFixed(4));
    const scores = decided.get(list) ?? new Map<string, DecidedScore>();
    decided.set(list, scores);
    const key = `${state} ${bin}`;
    scores.set(key, { score, outcome: state, count: count + (scores.get(key)?.count ?? 0) });
  }
  return new Map([...decided].map(([list, scores]) => [list, [...scores.values()]]));
}
