/** Counts in bins whose borders stand elsewhere. */
export type Counts = readonly number[];

export function emptyCounts(edges: readonly number[]): number[] {
  return Array.from({ length: edges.length - 1 }, () => 0);
}

/** The bin of a value; what lies outside falls into the first or the last one. */
export function binOf(value: number, edges: readonly number[]): number {
  let bin = 0;
  while (bin < edges.length - 2 && value >= (edges[bin + 1] ?? 0)) bin += 1;
  return bin;
}

export function countOf(counts: Counts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The value below which a share of all lies, straight within its bin.
 * @returns null where nothing was counted
 */
export function quantile(counts: Counts, edges: readonly number[], share: number): number | null {
  const total = countOf(counts);
  if (total === 0) return null;
  let left = share * total;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && left <= count) {
      const [low = 0, high = 0] = edges.slice(bin, bin + 2);
      return low + (left / count) * (high - low);
    }
    left -= count;
  }
  return edges.at(-1) ?? null;
}

/** The sum of a function over what was counted, each bin at its middle. */
export function sumOver(
  counts: Counts,
  edges: readonly number[],
  of: (value: number) => number,
): number {
  return counts.reduce((sum, count, bin) => {
    if (count === 0) return sum;
    const [low = 0, high = 0] = edges.slice(bin, bin + 2);
    return sum + count * of((low + high) / 2);
  }, 0);
}
