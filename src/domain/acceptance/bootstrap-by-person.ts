import type { Interval } from '../binomial-interval.ts';

/** What one person contributes to a rate. */
export interface PersonCount {
  readonly count: number;
  readonly trials: number;
}

const draws = 2000;
/** Fewer people than this are too few to draw from. */
export const leastPeople = 5;

/**
 * 95 % interval of a rate by drawing people, with all their trials, again and again: trials of one person are alike,
 * which an interval over trials does not know. The same for the same numbers.
 * @returns null for fewer than five people
 */
export function bootstrapByPerson(people: readonly PersonCount[]): Interval | null {
  const drawn = people.filter(({ trials }) => trials > 0);
  if (drawn.length < leastPeople) return null;
  const next = numbers(drawn.length);
  const rates = Array.from({ length: draws }, () => {
    let [count, trials] = [0, 0];
    for (let i = 0; i < drawn.length; i += 1) {
      const person = drawn[Math.floor(next() * drawn.length)] as PersonCount;
      count += person.count;
      trials += person.trials;
    }
    return count / trials;
  }).sort((a, b) => a - b);
  return [
    rates[Math.floor(draws * 0.025)] as number,
    rates[Math.ceil(draws * 0.975) - 1] as number,
  ];
}

/** Mulberry32: enough for a bootstrap, and the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
