interface Bin {
  readonly from: number;
  readonly count: number;
}

const width = 0.02;

/** Both histograms over the same bins, from the lowest that is not empty to the highest. */
export function shadowBins(inUse: readonly Bin[], next: readonly Bin[]) {
  const places = [...inUse, ...next].map(({ from }) => Math.round(from / width));
  if (places.length === 0) return { from: 0, to: 0, inUse: [], next: [] };
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const spread = (bins: readonly Bin[]) => {
    const counts = new Array<number>(last - first + 1).fill(0);
    for (const { from, count } of bins) counts[Math.round(from / width) - first] = count;
    return counts;
  };
  return { from: first * width, to: (last + 1) * width, inUse: spread(inUse), next: spread(next) };
}
