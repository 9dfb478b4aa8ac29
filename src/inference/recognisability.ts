/**
 * Chance that a compact recogniser finds its person at an inter-eye distance,
 * measured on the development protocol (rank-1 of the reference recogniser).
 */
const measured: readonly (readonly [pixels: number, chance: number])[] = [
  [0, 0],
  [6, 0.02],
  [8, 0.1],
  [10, 0.38],
  [14, 0.79],
  [30, 0.92],
];

/**
 * Recognisability where the manifest has no `quality` model: a stand-in from the
 * face's size alone, 0..1. An aligned picture does not tell its source's size: 0.5.
 * @param distance inter-eye distance in the source, pixels; null when unknown
 */
export function recognisabilityFromDistance(distance: number | null): number {
  if (distance === null) return 0.5;
  for (let i = 1; i < measured.length; i += 1) {
    const [right, high] = measured[i] as readonly [number, number];
    const [left, low] = measured[i - 1] as readonly [number, number];
    if (distance <= right) return low + ((high - low) * (distance - left)) / (right - left);
  }
  return 0.92;
}
