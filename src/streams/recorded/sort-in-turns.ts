import { setImmediate as turn } from 'node:timers/promises';

/** How many are sorted, or brought together, in one turn of the event loop: a millisecond or two. */
const atOnce = 128;

/** Sorts without holding the event loop; equal ones stay in their order. */
export async function sortInTurns<T>(
  all: readonly T[],
  compare: (a: T, b: T) => number,
): Promise<T[]> {
  if (all.length <= atOnce) {
    await turn();
    return all.toSorted(compare);
  }
  const middle = all.length >> 1;
  const left = await sortInTurns(all.slice(0, middle), compare);
  const right = await sortInTurns(all.slice(middle), compare);
  const sorted: T[] = [];
  for (let a = 0, b = 0; a < left.length || b < right.length; ) {
    const isLeft =
      b >= right.length || (a < left.length && compare(left[a] as T, right[b] as T) <= 0);
    sorted.push((isLeft ? left[a] : right[b]) as T);
    if (isLeft) a += 1;
    else b += 1;
    if (sorted.length % atOnce === 0) await turn();
  }
  return sorted;
}
