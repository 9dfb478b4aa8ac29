/** Unified quality in three bands, for ordering reviews and for statistics. */
export const qualityBands = ['good', 'fair', 'poor'] as const;
export type QualityBand = (typeof qualityBands)[number];

/** Least unified quality of the band; `poor` takes the rest. */
export const bandFloors = { good: 60, fair: 40 } as const;

/** @param quality unified, 0..100 */
export function qualityBandOf(quality: number): QualityBand {
  if (quality >= bandFloors.good) return 'good';
  return quality >= bandFloors.fair ? 'fair' : 'poor';
}

/** Unified quality of a band, `from` included. */
export function bandRange(band: QualityBand): { readonly from: number; readonly to: number } {
  const { good, fair } = bandFloors;
  if (band === 'good') return { from: good, to: 100 };
  return band === 'fair' ? { from: fair, to: good } : { from: 0, to: fair };
}
