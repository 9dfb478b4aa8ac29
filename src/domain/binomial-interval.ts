/** A 95 % interval, shares 0..1. */
export type Interval = readonly [low: number, high: number];

const tail = 0.025;

/**
 * Clopper and Pearson's exact 95 % interval of a share, `count` of `trials` seen.
 * @throws RangeError unless 0 <= count <= trials, both whole
 */
export function binomialInterval(count: number, trials: number): Interval {
  if (!(Number.isInteger(count) && Number.isInteger(trials) && count >= 0 && count <= trials)) {
    throw new RangeError(`Cannot give an interval of ${count} in ${trials}`);
  }
  if (trials === 0) return [0, 1];
  const low = count === 0 ? 0 : bisect((share) => 1 - atMost(count - 1, trials, share) < tail);
  const high = count === trials ? 1 : bisect((share) => atMost(count, trials, share) > tail);
  return [low, high];
}

/** The share up to which `below` holds. */
function bisect(below: (share: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (below(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability of at most `count` of `trials` where each has the chance `share`, strictly within 0..1. */
function atMost(count: number, trials: number, share: number): number {
  const odds = Math.log(share) - Math.log1p(-share);
  let term = trials * Math.log1p(-share);
  let sum = Math.exp(term);
  for (let k = 1; k <= count; k += 1) {
    term += Math.log((trials - k + 1) / k) + odds;
    sum += Math.exp(term);
  }
  return Math.min(1, sum);
}
