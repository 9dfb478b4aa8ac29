import type { DriftDirection } from './drift-measure.ts';
import type { HalfDay } from './half-day.ts';
import { medianOf, type UsualDays, usualDays } from './usual-days.ts';

/** How a change is found. What these values cost and find: docs/drift.md. */
export interface ChangeRules {
  /** Days that what is usual is made of: least and most. */
  readonly usual: readonly [number, number];
  /** The days before a day that are not yet usual. */
  readonly gap: number;
  /** Half the shift to be found, in deviations of days: what CUSUM calls its reference value k. */
  readonly allowance: number;
  /** CUSUM's decision interval h, in deviations of days. */
  readonly decision: number;
  /** No day counts for more deviations. */
  readonly clip: number;
  /** Days since the change, at least. */
  readonly days: number;
  /** A sum that grew for so many days and is no change worth telling becomes usual. */
  readonly patience: number;
  /** A change has ended after so many days near the usual. */
  readonly endedDays: number;
}

export const changeRules: ChangeRules = {
  usual: [14, 42],
  gap: 7,
  allowance: 1.5,
  decision: 10,
  clip: 5,
  days: 3,
  patience: 21,
  endedDays: 4,
};

/** A change that stands. */
export interface FoundChange {
  readonly direction: DriftDirection;
  /** The first day of the new level. */
  readonly since: number;
  /** When it was found. */
  readonly foundOn: number;
  /** Between the levels, share of the range, signed. */
  readonly shift: number;
  /** The days before that it was compared with. */
  readonly usual: readonly number[];
}

export interface ChangeReport {
  readonly change: FoundChange | null;
  /** Days that could be compared with usual ones. */
  readonly compared: number;
  /** All changes that were found on the way, ended ones too: for simulations. */
  readonly found: readonly FoundChange[];
}

interface Since {
  readonly day: number;
  /** From the usual, share of the range. */
  readonly distance: number;
  /** In the sum's direction, clipped. */
  readonly deviations: number;
}

interface Sum {
  readonly direction: DriftDirection;
  value: number;
  /** Days since it was last nothing. */
  since: Since[];
  /** What was usual then. */
  usual: UsualDays | null;
}

/**
 * Goes from day to day and finds a lasting change of level: the two-sided cumulative sum (CUSUM) of
 * E. S. Page, "Continuous Inspection Schemes", Biometrika 41 (1954), 100-115, over the distance of
 * each day from usual ones before it, in their robust deviation.
 *
 * Usual are the last 42 days but the newest 7, so that seasons move with them; while a sum grows or
 * a change stands, what was usual before it. One odd day cannot raise it: its distance is clipped.
 *
 * @param days rising; from the day of an operator's new reference on
 * @param least the least shift that is told of, share of the range
 * @returns a step a day
 */
export function* findChange(
  days: readonly HalfDay[],
  least: number,
  rules: ChangeRules = changeRules,
): Generator<void, ChangeReport> {
  const before: HalfDay[] = [];
  const found: FoundChange[] = [];
  let sums = freshSums();
  let change: FoundChange | null = null;
  let standing: Standing | null = null;
  let compared = 0;
  for (const day of days) {
    yield;
    if (standing !== null) {
      compared += 1;
      if (standing.hasEnded(day)) [change, standing, sums] = [null, null, freshSums()];
      continue;
    }
    before.push(day);
    const usual = usualBefore(before, rules);
    if (usual === null) continue;
    compared += 1;
    for (const sum of sums) add(sum, day, usual, rules);
    const [risen] = sums.flatMap((sum) => changeOf(sum, day.day, least, rules) ?? []);
    if (risen === undefined) continue;
    const { from, ...told } = risen;
    change = told;
    found.push(told);
    standing = new Standing(from, least, rules);
    // What has changed is nothing usual.
    while ((before.at(-1)?.day ?? -1) >= told.since) before.pop();
  }
  return { change, compared, found };
}

function freshSums(): Sum[] {
  return (['down', 'up'] as const).map((direction) => ({
    ...{ direction, value: 0, since: [], usual: null },
  }));
}

function usualBefore(before: readonly HalfDay[], { gap, usual: [least, most] }: ChangeRules) {
  const end = before.length - 1 - gap;
  return end < least ? null : usualDays(before.slice(Math.max(0, end - most), end));
}

function add(sum: Sum, day: HalfDay, now: UsualDays, rules: ChangeRules): void {
  const { allowance, clip, patience } = rules;
  // While it grows, the days of the change must not become usual.
  const usual = sum.usual ?? now;
  const distance = usual.distance(day);
  if (distance === null) return;
  const sign = sum.direction === 'up' ? 1 : -1;
  const deviations = Math.min(clip, Math.max(-clip, (sign * distance) / usual.error(day)));
  const value = Math.max(0, sum.value + deviations - allowance);
  if (value === 0 || sum.since.length >= patience) {
    Object.assign(sum, { value: 0, since: [], usual: null });
    return;
  }
  Object.assign(sum, { value, usual });
  sum.since.push({ day: day.day, distance, deviations });
}

/** The change that a sum says, where it is one that is told of. */
function changeOf(sum: Sum, foundOn: number, least: number, rules: ChangeRules) {
  if (sum.value <= rules.decision || sum.usual === null) return null;
  const { direction, usual } = sum;
  const since = sinceChange(sum.since, rules);
  const shift = medianOf(since.map(({ distance }) => distance)) ?? 0;
  const [first] = since;
  if (first === undefined || since.length < rules.days || Math.abs(shift) < least) return null;
  return { direction, since: first.day, foundOn, shift, usual: usual.days, from: usual };
}

/**
 * The days since the change: those over which the sum with half of the shift that there is, not
 * half of the smallest to be found, is largest. A few odd days before a change are not part of it.
 */
function sinceChange(since: readonly Since[], { allowance, days }: ChangeRules): readonly Since[] {
  const last = medianOf(since.slice(-days).map(({ deviations }) => deviations)) ?? 0;
  const half = Math.max(allowance, last / 2);
  let [sum, largest, from] = [0, 0, since.length];
  for (let at = since.length - 1; at >= 0; at -= 1) {
    sum += (since[at]?.deviations ?? 0) - half;
    if (sum >= largest) [largest, from] = [sum, at];
  }
  return since.slice(from);
}

/** Follows a change until days are as usual again. */
class Standing {
  readonly #usual: UsualDays;
  readonly #least: number;
  readonly #days: number;
  #near = 0;

  constructor(usual: UsualDays, least: number, { endedDays }: ChangeRules) {
    this.#usual = usual;
    this.#least = least;
    this.#days = endedDays;
  }

  hasEnded(day: HalfDay): boolean {
    const distance = this.#usual.distance(day);
    if (distance === null) return false;
    this.#near = Math.abs(distance) < this.#least / 2 ? this.#near + 1 : 0;
    return this.#near >= this.#days;
  }
}
