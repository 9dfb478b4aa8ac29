/**
 * Share of what was counted that lies at a value or above it, the bin that holds it in part.
 * @returns null where nothing was counted
 */
export function shareFrom(
  value: number,
  { edges, counts }: { readonly edges: readonly number[]; readonly counts: readonly number[] },
): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  const above = counts.reduce((sum, count, bin) => {
    const [low = 0, high = 0] = edges.slice(bin, bin + 2);
    const part = Math.min(1, Math.max(0, (high - value) / (high - low)));
    return sum + count * part;
  }, 0);
  return above / all;
}
