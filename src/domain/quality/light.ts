import type { LumaPlane } from './luma-plane.ts';
import type { QualityScore } from './quality.ts';
import { linearScore } from './score-curve.ts';

/** Light on the face, from one histogram of its brightness. */
export interface Light {
  /** Raw: entropy of the histogram in 32 bins, 0..5 bits. */
  readonly entropy: QualityScore;
  /** Raw: share of pixels at 25 or darker (OFIQ, UnderExposurePrevention). */
  readonly underExposure: QualityScore;
  /** Raw: share of pixels at 247 or brighter (OFIQ, OverExposurePrevention). */
  readonly overExposure: QualityScore;
  /** Raw: levels between the 5th and the 95th percentile, 0..255. */
  readonly dynamicRange: QualityScore;
}

/**
 * Entropy, exposure and dynamic range. The limits of dark and bright are
 * OFIQ's; the curves are ours and flatter, as OFIQ judges passport pictures and
 * a night camera's best would all score nothing there.
 */
export function measureLight(plane: LumaPlane): Light {
  const histogram = new Uint32Array(256);
  for (const value of plane.data) histogram[value] = (histogram[value] ?? 0) + 1;
  const count = Math.max(1, plane.data.length);

  let dark = 0;
  let bright = 0;
  let entropy = 0;
  let bin = 0;
  let low = -1;
  let high = 255;
  let seen = 0;
  for (let value = 0; value < 256; value += 1) {
    const pixels = histogram[value] ?? 0;
    if (value <= 25) dark += pixels;
    if (value >= 247) bright += pixels;
    seen += pixels;
    if (low < 0 && seen >= 0.05 * count) low = value;
    if (seen - pixels < 0.95 * count) high = value;
    bin += pixels;
    if (value % 8 === 7) {
      if (bin > 0) entropy -= (bin / count) * Math.log2(bin / count);
      bin = 0;
    }
  }
  const range = Math.max(0, high - low);
  return {
    entropy: { raw: entropy, score: linearScore(entropy, 0.5, 4.2) },
    underExposure: { raw: dark / count, score: linearScore(dark / count, 0.95, 0.1) },
    overExposure: { raw: bright / count, score: linearScore(bright / count, 0.6, 0.02) },
    dynamicRange: { raw: range, score: linearScore(range, 4, 120) },
  };
}
