import type { LumaPlane } from './luma-plane.ts';
import type { QualityScore } from './quality.ts';
import { linearScore } from './score-curve.ts';

/**
 * Sharpness (ISO/IEC 29794-5 names the component; OFIQ learns it from Laplacian
 * and Sobel statistics). Raw: root of the mean squared Sobel gradient over the
 * standard deviation of brightness, per pixel. Dividing by the deviation takes
 * out contrast; Sobel's own smoothing keeps sensor noise from passing for
 * detail. A face blurred over its whole width gives some 0.15, a crisp one at
 * 8 to 60 pixels between the eyes 0.4 to 0.7.
 */
export function sharpness(plane: LumaPlane): QualityScore {
  const { width, height, data } = plane;
  if (width < 3 || height < 3) return { raw: 0, score: 0 };
  let energy = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const nw = data[at - width - 1] ?? 0;
      const n = data[at - width] ?? 0;
      const ne = data[at - width + 1] ?? 0;
      const w = data[at - 1] ?? 0;
      const e = data[at + 1] ?? 0;
      const sw = data[at + width - 1] ?? 0;
      const s = data[at + width] ?? 0;
      const se = data[at + width + 1] ?? 0;
      const gx = ne + 2 * e + se - nw - 2 * w - sw;
      const gy = sw + 2 * s + se - nw - 2 * n - ne;
      energy += gx * gx + gy * gy;
      const value = data[at] ?? 0;
      sum += value;
      squares += value * value;
    }
  }
  const count = (width - 2) * (height - 2);
  // Sobel's weights sum to 8 a unit step; one grey level of variance guards flat pictures.
  const gradient = Math.sqrt(energy / count) / 8;
  const deviation = Math.sqrt(Math.max(1, squares / count - (sum / count) ** 2));
  const raw = gradient / deviation;
  return { raw, score: linearScore(raw, 0.1, 0.5) };
}
