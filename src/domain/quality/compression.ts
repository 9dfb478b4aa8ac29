import type { LumaPlane } from './luma-plane.ts';
import type { QualityScore } from './quality.ts';
import { linearScore } from './score-curve.ts';

/** Block size of JPEG and of the usual transforms of video codecs. */
const block = 8;

/**
 * Compression artefacts as blockiness: steps between neighbouring pixels at
 * the borders of 8x8 blocks over the steps elsewhere, minus 1 (after Wang,
 * Sheikh and Bovik, 2002). Where the grid lies in the cut is not known, so the
 * strongest of the eight phases of each axis counts.
 *
 * @returns null below 32 pixels a side: too few borders to tell
 */
export function compression(plane: LumaPlane): QualityScore | null {
  if (plane.width < 4 * block || plane.height < 4 * block) return null;
  const raw = Math.max(
    0,
    (blockiness(plane, 1, plane.width) + blockiness(plane, plane.width, plane.height)) / 2,
  );
  return { raw, score: linearScore(raw, 1.2, 0.2) };
}

/** Along one axis: `stride` from pixel to pixel, `length` pixels a line. */
function blockiness({ width, height, data }: LumaPlane, stride: number, length: number): number {
  const steps = new Float64Array(block);
  const lineStride = stride === 1 ? width : 1;
  const lines = stride === 1 ? height : width;
  for (let line = 0; line < lines; line += 1) {
    let at = line * lineStride;
    let before = data[at] as number;
    for (let pixel = 1; pixel < length; pixel += 1) {
      at += stride;
      const value = data[at] as number;
      const phase = pixel % block;
      steps[phase] = (steps[phase] as number) + Math.abs(value - before);
      before = value;
    }
  }
  let strongest = 0;
  let sum = 0;
  for (let phase = 0; phase < block; phase += 1) {
    // Steps at this phase in a line of `length` pixels, which has one between each two.
    const count = lines * Math.floor((length - 1 + block - (phase || block)) / block);
    const mean = (steps[phase] as number) / Math.max(1, count);
    strongest = Math.max(strongest, mean);
    sum += mean;
  }
  const elsewhere = Math.max(0.25, (sum - strongest) / (block - 1));
  return strongest / elsewhere - 1;
}
