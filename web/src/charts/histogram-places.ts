/** Where a value lies among bins, as a share of the width; outside, at the end. */
export function placeOf(value: number, edges: readonly number[]): number {
  const bins = edges.length - 1;
  for (let bin = 0; bin < bins; bin += 1) {
    const [low = 0, high = 0] = edges.slice(bin, bin + 2);
    if (value <= high) return (bin + Math.max(0, (value - low) / (high - low))) / bins;
  }
  return 1;
}

/** True where the middle of a bin lies beyond a border. */
export function isBeyond(
  bin: number,
  edges: readonly number[],
  { from, to }: { readonly from: number | null; readonly to: number | null },
): boolean {
  const [low = 0, high = 0] = edges.slice(bin, bin + 2);
  const middle = (low + high) / 2;
  return (from !== null && middle < from) || (to !== null && middle > to);
}
