import type { Interval } from './binomial-interval.ts';

/** Quantile of the normal distribution for 95 %, two-sided. */
const z = 1.959964;

/**
 * Wilson's 95 % score interval of a share, `count` of `trials` seen; [0, 1] without trials. In
 * constant time, for counts that grow without bound.
 * @throws RangeError unless 0 <= count <= trials, both whole
 */
export function wilsonInterval(count: number, trials: number): Interval {
  if (!(Number.isInteger(count) && Number.isInteger(trials) && count >= 0 && count <= trials)) {
    throw new RangeError(`Cannot give an interval of ${count} in ${trials}`);
  }
  if (trials === 0) return [0, 1];
  const share = count / trials;
  const scale = 1 + z ** 2 / trials;
  const middle = (share + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
