import type { Awaitable } from '../../domain/awaitable.ts';
import type { Interval } from '../../domain/binomial-interval.ts';
import { shadowBounds } from '../../domain/bounds.ts';
import type { ShadowEnd, ShadowProgress, ShadowRun } from '../../domain/shadow.ts';
import { wilsonInterval } from '../../domain/wilson-interval.ts';
import type {
  ShadowBin,
  ShadowCounts,
  ShadowReviews,
  ShadowTable,
} from '../../store/shadow-table.ts';

/** A part of a whole. */
export interface ShadowShare {
  readonly count: number;
  readonly of: number;
  /** Wilson's 95 % interval of the share. */
  readonly interval: Interval;
}

/** What both versions said of the tracks of some cameras on one list. */
export interface ShadowFigures {
  readonly tracks: number;
  readonly both: number;
  readonly onlyInUse: number;
  readonly onlyNew: number;
  readonly neither: number;
  /** Of the tracks that the version in use reported: those that the new one would report. */
  readonly kept: ShadowShare;
  /** Of the tracks that the version in use did not report: those that the new one would report. */
  readonly added: ShadowShare;
  /** Of `both`: those of whom both name the same person. */
  readonly samePerson: ShadowShare;
  /** Of all tracks: those who resemble the same person most by both. */
  readonly sameNearest: ShadowShare;
  /** Of alerts that people confirmed, and dismissed, since: those that the new version would raise. */
  readonly confirmed: ShadowShare;
  readonly dismissed: ShadowShare;
  /** That the new version takes for a track, mean; null without tracks. */
  readonly milliseconds: number | null;
}

export interface ShadowListReport extends ShadowFigures {
  readonly watchlistId: string;
  readonly watchlistName: string;
  readonly cameras: readonly (ShadowFigures & { readonly cameraId: string })[];
  /** Best scores of tracks by both versions, bins of 0.02 that are not empty. */
  readonly scores: {
    readonly inUse: readonly { readonly from: number; readonly count: number }[];
    readonly new: readonly { readonly from: number; readonly count: number }[];
  };
}

export interface ShadowReport {
  readonly name: string;
  readonly version: string;
  /** Wall times, milliseconds. */
  readonly startedAt: number;
  readonly until: number;
  readonly endedAt: number | null;
  readonly end: ShadowEnd | null;
  /** Of one processor core, that it may take. */
  readonly share: number;
  /** Null for who may not see all lists and cameras. */
  readonly progress: ShadowProgress | null;
  readonly lists: readonly ShadowListReport[];
}

/** What the caller may see. */
export interface ShadowView {
  readonly camera: (id: string) => boolean;
  readonly watchlist: (id: string) => boolean;
  /** Whether that is everything. */
  readonly all: boolean;
}

/** Sees everything: for commands on the machine. */
export const wholeShadowView: ShadowView = { camera: () => true, watchlist: () => true, all: true };

export interface ShadowSources {
  readonly table: Pick<ShadowTable, 'latest' | 'counts' | 'scores' | 'reviews'>;
  readonly watchlists: {
    list(): readonly { readonly id: string; readonly name: string }[];
  };
}

export interface ShadowService {
  report(view: ShadowView): Awaitable<ShadowReport | null>;
}

/** The run of models beside those in use, or the last one; null where there was none. */
export function shadowReport(
  { table, watchlists }: ShadowSources,
  view: ShadowView,
): ShadowReport | null {
  const run = table.latest();
  if (run === undefined) return null;
  const isSeen = (of: { readonly cameraId: string; readonly watchlistId: string }) =>
    view.camera(of.cameraId) && view.watchlist(of.watchlistId);
  const counts = table.counts(run.id).filter(isSeen);
  const scores = table.scores(run.id).filter(isSeen);
  const reviews = table.reviews(run.id).filter(isSeen);
  return {
    ...factsOf(run),
    progress: view.all ? run.progress : null,
    lists: watchlists.list().flatMap(({ id, name }) => {
      const isOf = (of: { readonly watchlistId: string }) => of.watchlistId === id;
      const own = counts.filter(isOf);
      if (own.length === 0) return [];
      return [
        {
          ...{ watchlistId: id, watchlistName: name },
          ...figuresOf(own, reviews.filter(isOf)),
          cameras: own.map((each) => ({
            cameraId: each.cameraId,
            ...figuresOf(
              [each],
              reviews.filter((of) => isOf(of) && of.cameraId === each.cameraId),
            ),
          })),
          scores: {
            inUse: histogram(scores.filter((bin) => isOf(bin) && bin.side === 'in_use')),
            new: histogram(scores.filter((bin) => isOf(bin) && bin.side === 'new')),
          },
        },
      ];
    }),
  };
}

function factsOf({ name, version, startedAt, until, endedAt, end }: ShadowRun) {
  return { name, version, startedAt, until, endedAt, end, share: shadowBounds.share };
}

function figuresOf(
  counts: readonly ShadowCounts[],
  reviews: readonly ShadowReviews[],
): ShadowFigures {
  const sum = (of: (each: ShadowCounts) => number) =>
    counts.reduce((total, each) => total + of(each), 0);
  const both = sum((each) => each.both);
  const onlyInUse = sum((each) => each.only_in_use);
  const onlyNew = sum((each) => each.only_new);
  const neither = sum((each) => each.neither);
  const tracks = both + onlyInUse + onlyNew + neither;
  const decided = (verdict: ShadowReviews['verdict']) => {
    const own = reviews.filter((each) => each.verdict === verdict);
    return shareOf(
      own.reduce((total, each) => total + each.reported, 0),
      own.reduce((total, each) => total + each.alerts, 0),
    );
  };
  return {
    ...{ tracks, both, onlyInUse, onlyNew, neither },
    kept: shareOf(both, both + onlyInUse),
    added: shareOf(onlyNew, onlyNew + neither),
    samePerson: shareOf(
      sum((each) => each.sameReported),
      both,
    ),
    sameNearest: shareOf(
      sum((each) => each.sameNearest),
      tracks,
    ),
    confirmed: decided('confirmed'),
    dismissed: decided('dismissed'),
    milliseconds: tracks === 0 ? null : sum((each) => each.milliseconds) / tracks,
  };
}

function shareOf(count: number, of: number): ShadowShare {
  return { count, of, interval: wilsonInterval(count, of) };
}

/** Of all cameras together. */
function histogram(bins: readonly ShadowBin[]): { from: number; count: number }[] {
  const byPlace = new Map<number, number>();
  for (const { from, count } of bins) byPlace.set(from, (byPlace.get(from) ?? 0) + count);
  return [...byPlace].map(([from, count]) => ({ from, count })).sort((a, b) => a.from - b.from);
}
