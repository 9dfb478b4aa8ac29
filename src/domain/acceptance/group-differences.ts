import { binomialInterval, type Interval } from '../binomial-interval.ts';
import { leastPeople } from './bootstrap-by-person.ts';
import type { MatchedWalk } from './match-walks.ts';
import type { Volunteer } from './walk.ts';

/** Rates of those who say the same of themselves, at the list's one threshold. */
export interface GroupRate {
  /** What was asked and said, e.g. `age: 18-39`. */
  readonly group: string;
  readonly volunteers: number;
  readonly walks: number;
  readonly missed: number;
  /** False negative identification rate, and its exact 95 % interval. */
  readonly fnir: number;
  readonly fnirInterval: Interval;
  /** Walks that raised an alert under another volunteer's name. */
  readonly mistaken: number;
  readonly fpir: number;
  readonly fpirInterval: Interval;
}

export interface GroupDifferences {
  readonly groups: readonly GroupRate[];
  /** Groups of fewer than five volunteers or without walks: not shown, for they could tell who is in them. */
  readonly left: number;
  /** The group that is missed, and the one that is mistaken, most often; null without groups. */
  readonly worstFnir: string | null;
  readonly worstFpir: string | null;
  /** Largest by least rate; null where the least is zero. */
  readonly fnirRatio: number | null;
  readonly fpirRatio: number | null;
  /**
   * Whether the threshold holds the wanted false positive rate for the worst group: `shown` where the whole interval of
   * each group does, `refuted` where that of one does not at all.
   */
  readonly holds: 'shown' | 'refuted' | 'undecided';
}

/**
 * Differences between groups by what volunteers said of themselves. Of strangers nothing is known, so false positives
 * are those among volunteers: a walk that is taken for somebody else of the list.
 * @returns null where nobody said anything
 */
export function groupDifferences(
  volunteers: readonly Volunteer[],
  walks: readonly MatchedWalk[],
  fpir: number,
): GroupDifferences | null {
  const members = new Map<string, Set<string>>();
  for (const { groups, personId } of volunteers) {
    for (const [asked, said] of Object.entries(groups)) {
      const group = `${asked}: ${said}`;
      members.set(group, (members.get(group) ?? new Set()).add(personId));
    }
  }
  if (members.size === 0) return null;
  const rates = [...members]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, ids]) => rateOf(group, ids, walks));
  const groups = rates.filter((of) => of.volunteers >= leastPeople && of.walks > 0);
  return {
    groups,
    left: rates.length - groups.length,
    worstFnir: worst(groups, 'fnir'),
    worstFpir: worst(groups, 'fpir'),
    fnirRatio: ratio(groups.map((of) => of.fnir)),
    fpirRatio: ratio(groups.map((of) => of.fpir)),
    holds: holdsFor(groups, fpir),
  };
}

function rateOf(group: string, ids: ReadonlySet<string>, walks: readonly MatchedWalk[]): GroupRate {
  const of = walks.filter(({ walk }) => ids.has(walk.personId));
  const missed = of.filter(({ appearances }) => appearances === 0).length;
  const mistaken = of.filter((each) => each.mistaken > 0).length;
  return {
    group,
    volunteers: new Set(of.map(({ walk }) => walk.personId)).size,
    walks: of.length,
    missed,
    fnir: of.length === 0 ? 0 : missed / of.length,
    fnirInterval: binomialInterval(missed, of.length),
    mistaken,
    fpir: of.length === 0 ? 0 : mistaken / of.length,
    fpirInterval: binomialInterval(mistaken, of.length),
  };
}

/** Of equal rates the one with the wider interval: less is known of it. */
function worst(groups: readonly GroupRate[], kind: 'fnir' | 'fpir'): string | null {
  const interval = kind === 'fnir' ? 'fnirInterval' : 'fpirInterval';
  const [first] = groups.toSorted((a, b) => b[kind] - a[kind] || b[interval][1] - a[interval][1]);
  return first?.group ?? null;
}

function ratio(rates: readonly number[]): number | null {
  const least = Math.min(...rates);
  return rates.length === 0 || least === 0 ? null : Math.max(...rates) / least;
}

function holdsFor(groups: readonly GroupRate[], fpir: number): GroupDifferences['holds'] {
  if (groups.some((of) => of.fpirInterval[0] > fpir)) return 'refuted';
  const isShown = groups.length > 0 && groups.every((of) => of.fpirInterval[1] <= fpir);
  return isShown ? 'shown' : 'undecided';
}
