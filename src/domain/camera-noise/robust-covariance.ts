/** Deviations beyond which a pair is left out; of normal pairs that leaves out next to none. */
const reach = 3.5;
/** Median of the absolute value of a normal variable of deviation 1. */
const normalMedian = 0.6745;

/**
 * What both numbers of the pairs have in common: their covariance about 0, without pairs that lie
 * far outside (edges of the scene). The deviation that decides comes from medians.
 */
export function robustCovariance(pairs: readonly (readonly [number, number])[]): number {
  const known = pairs.filter(([one, other]) => Number.isFinite(one) && Number.isFinite(other));
  if (known.length === 0) return 0;
  const limit = (of: 0 | 1) => {
    const sorted = known.map((pair) => Math.abs(pair[of])).toSorted((a, b) => a - b);
    return (reach * (sorted[Math.floor(sorted.length / 2)] ?? 0)) / normalMedian + 1e-6;
  };
  const [one, other] = [limit(0), limit(1)];
  let [sum, count] = [0, 0];
  for (const [a, b] of known) {
    if (Math.abs(a) > one || Math.abs(b) > other) continue;
    sum += a * b;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
