import type { FaceLuma } from './luma-plane.ts';
import type { QualityScore } from './quality.ts';
import { linearScore } from './score-curve.ts';

/** Below, the two curves meet and nothing can be measured. */
const leastEyes = 5;

/**
 * Sharpness (ISO/IEC 29794-5 names the component; OFIQ learns it from Laplacian
 * and Sobel statistics).
 *
 * Measures the root of the mean squared Sobel gradient over the standard
 * deviation of brightness: dividing takes out contrast, Sobel's own smoothing
 * keeps sensor noise from passing for detail. What that gives depends on how
 * many pixels a face has, so it is set between two curves measured on 42
 * portraits scaled to 6 to 20 pixels e between the eyes: crisp ones
 * give 1.62 / sqrt(e), ones blurred by a Gaussian of 0.4 e give 2.64 / e, both
 * within 0.02, and noise of 6 levels moves neither by more than 0.05.
 *
 * Raw: 0 as blurred as that, 1 crisp; may lie outside.
 */
export function sharpness(plane: FaceLuma): QualityScore {
  const { width, height, data } = plane;
  if (width < 3 || height < 3) return { raw: 0, score: 0 };
  let energy = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const nw = data[at - width - 1] as number;
      const n = data[at - width] as number;
      const ne = data[at - width + 1] as number;
      const w = data[at - 1] as number;
      const e = data[at + 1] as number;
      const sw = data[at + width - 1] as number;
      const s = data[at + width] as number;
      const se = data[at + width + 1] as number;
      const gx = ne + 2 * e + se - nw - 2 * w - sw;
      const gy = sw + 2 * s + se - nw - 2 * n - ne;
      energy += gx * gx + gy * gy;
      const value = data[at] as number;
      sum += value;
      squares += value * value;
    }
  }
  const count = (width - 2) * (height - 2);
  // Sobel's weights sum to 8 a unit step; one grey level of variance guards flat pictures.
  const gradient = Math.sqrt(energy / count) / 8;
  const deviation = Math.sqrt(Math.max(1, squares / count - (sum / count) ** 2));
  const eyes = Math.max(leastEyes, plane.eyes);
  const blurred = 2.64 / eyes;
  const crisp = 1.62 / Math.sqrt(eyes);
  const raw = (gradient / deviation - blurred) / (crisp - blurred);
  return { raw, score: linearScore(raw, 0, 1) };
}
