import { binomialInterval, type Interval } from '../binomial-interval.ts';
import { bootstrapByPerson, leastPeople } from './bootstrap-by-person.ts';
import { type GroupDifferences, groupDifferences } from './group-differences.ts';
import { type ListedAppearance, type MatchedWalk, matchWalks } from './match-walks.ts';
import { facesNeeded, walksNeeded } from './sample-size.ts';
import type { AcceptancePlan, Volunteer, Walk } from './walk.ts';

/** Whether the data say that something holds: with the whole interval, against it, or neither. */
export type Shown = 'shown' | 'refuted' | 'undecided';

/** Walks of one kind, and how many of them the system saw. */
export interface WalkRate {
  readonly name: string;
  readonly volunteers: number;
  readonly walks: number;
  readonly found: number;
  /** True positive identification rate, and its exact 95 % interval over walks. Null without walks. */
  readonly tpir: number | null;
  readonly interval: Interval;
  /** The same drawn by volunteer; null for fewer than five. */
  readonly byPerson: Interval | null;
}

/** Where a count of faces comes from: of people, or the tracks of whole hours that the program counted. */
export type FaceSource = 'people' | 'tracks';

/** Strangers' faces that passed a camera. */
export interface FaceCount {
  readonly cameraId: string;
  readonly faces: number;
  readonly source: FaceSource;
}

export interface FalseRate {
  readonly cameraId: string;
  readonly source: FaceSource | null;
  /** Without volunteers' walks. */
  readonly faces: number;
  readonly falseAlerts: number;
  /** False positive identification rate; null without faces. */
  readonly fpir: number | null;
  readonly interval: Interval;
}

/** The rate that a list of another size would have at the same threshold: computed, not measured. */
export interface SizedRate {
  readonly size: number;
  readonly fpir: number;
  /** Of the interval's upper end. */
  readonly atMost: number;
}

export interface AcceptanceResults {
  readonly walksNeeded: number;
  readonly facesNeeded: number;
  readonly openWalks: number;
  readonly total: WalkRate;
  readonly byCamera: readonly WalkRate[];
  readonly byLight: readonly WalkRate[];
  /** Appearances after the first of a walk. */
  readonly repeated: number;
  readonly outside: number;
  readonly mistaken: number;
  readonly strangers: Omit<FalseRate, 'cameraId' | 'source'>;
  readonly strangersByCamera: readonly FalseRate[];
  /** People on the list. */
  readonly listSize: number;
  readonly bySize: readonly SizedRate[];
  /** Null where no volunteer said anything of themselves. */
  readonly groups: GroupDifferences | null;
  readonly rateShown: Shown;
  readonly fpirShown: Shown;
}

/** List sizes that every report tells. */
const sizes = [100, 1_000, 10_000] as const;

/** What a test found. @param faces strangers and volunteers together, as they were counted */
export function acceptanceResults(given: {
  readonly plan: AcceptancePlan;
  readonly volunteers: readonly Volunteer[];
  readonly walks: readonly Walk[];
  readonly appearances: readonly ListedAppearance[];
  readonly faces: readonly FaceCount[];
  /** People on the list. */
  readonly listSize: number;
}): AcceptanceResults {
  const { appearances, faces, listSize, plan, volunteers, walks } = given;
  const matched = matchWalks(walks, appearances);
  const total = walkRate('all', matched.walks);
  const falseAt = new Map(matched.strangers.map(({ cameraId, count }) => [cameraId, count]));
  const strangersByCamera = [
    ...new Set([...faces.map(({ cameraId }) => cameraId), ...falseAt.keys()]),
  ]
    .toSorted()
    .map((cameraId) => {
      const counted = faces.find((each) => each.cameraId === cameraId);
      const passed = matched.walks.filter(({ walk }) => walk.cameraId === cameraId).length;
      const strangers = Math.max(0, (counted?.faces ?? 0) - passed);
      const rate = falseRate(falseAt.get(cameraId) ?? 0, strangers);
      return { cameraId, source: counted?.source ?? null, ...rate };
    });
  const strangers = falseRate(
    sum(strangersByCamera.map(({ falseAlerts }) => falseAlerts)),
    sum(strangersByCamera.map((each) => each.faces)),
  );
  return {
    walksNeeded: walksNeeded(plan.rate, plan.halfWidth),
    facesNeeded: facesNeeded(plan.fpir),
    openWalks: walks.length - matched.walks.length,
    total,
    byCamera: ratesBy(matched.walks, ({ walk }) => walk.cameraId),
    byLight: ratesBy(matched.walks, ({ walk }) => walk.light),
    repeated: sum(matched.walks.map((each) => Math.max(0, each.appearances - 1))),
    outside: matched.outside,
    mistaken: matched.mistaken,
    strangers,
    strangersByCamera,
    listSize,
    bySize: bySize(strangers, listSize),
    groups: groupDifferences(volunteers, matched.walks, plan.fpir),
    rateShown: shown(total.interval, (share) => share >= plan.rate),
    fpirShown: shown(strangers.interval, (share) => share <= plan.fpir),
  };
}

/** Whether both ends of an interval hold, none does, or one alone. */
function shown([low, high]: Interval, holds: (share: number) => boolean): Shown {
  if (holds(low) && holds(high)) return 'shown';
  return holds(low) || holds(high) ? 'undecided' : 'refuted';
}

/** How many of these walks were seen. */
function walkRate(name: string, walks: readonly MatchedWalk[]): WalkRate {
  const found = walks.filter(({ appearances }) => appearances > 0).length;
  const people = [...Map.groupBy(walks, ({ walk }) => walk.personId).values()];
  const isWhole = people.length >= leastPeople;
  const counts = people.map((of) => ({
    count: of.filter(({ appearances }) => appearances > 0).length,
    trials: of.length,
  }));
  return {
    name,
    volunteers: people.length,
    walks: walks.length,
    found,
    tpir: walks.length === 0 ? null : found / walks.length,
    interval: binomialInterval(found, walks.length),
    byPerson: isWhole ? bootstrapByPerson(counts) : null,
  };
}

function ratesBy(walks: readonly MatchedWalk[], key: (of: MatchedWalk) => string): WalkRate[] {
  return [...Map.groupBy(walks, key)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, of]) => walkRate(name, of));
}

/** One face may bring several false alerts: more than there are faces is all of them. */
function falseRate(falseAlerts: number, faces: number): Omit<FalseRate, 'cameraId' | 'source'> {
  const interval = binomialInterval(Math.min(falseAlerts, faces), faces);
  return { faces, falseAlerts, fpir: faces === 0 ? null : falseAlerts / faces, interval };
}

/** FPIR(m) = 1 - (1 - FPIR(n))^(m/n): comparisons taken as independent, the threshold as it is. */
function bySize(
  { fpir, interval }: Pick<FalseRate, 'fpir' | 'interval'>,
  listSize: number,
): readonly SizedRate[] {
  if (fpir === null || listSize === 0) return [];
  return sizes.map((size) => ({
    size,
    fpir: scaled(Math.min(1, fpir), size / listSize),
    atMost: scaled(interval[1], size / listSize),
  }));
}

const scaled = (rate: number, by: number): number =>
  rate >= 1 ? 1 : -Math.expm1(by * Math.log1p(-rate));

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
