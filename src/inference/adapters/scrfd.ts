import type { Candidate, DecodeInput } from './detector-adapter.ts';

const strides = [8, 16, 32];
const anchors = 2;

/**
 * SCRFD's heads with key points: scores, distances to the box's sides and points,
 * in strides, of two anchors a cell at strides 8, 16, 32. Tensors are distinguished by
 * their width (1, 4, 10) and length, since every export names them differently.
 * Source: InsightFace, `detection/scrfd`.
 */
export function decodeScrfd(input: DecodeInput): Candidate[] {
  const found: Candidate[] = [];
  for (const stride of strides) {
    const columns = Math.ceil(input.width / stride);
    const rows = columns * Math.ceil(input.height / stride) * anchors;
    const scores = head(input, rows, 1);
    const boxes = head(input, rows, 4);
    const kps = head(input, rows, 10);
    for (let i = 0; i < rows; i += 1) {
      const score = scores[i] as number;
      if (!(score >= input.scoreThreshold)) continue;
      const cell = Math.floor(i / anchors);
      const cx = (cell % columns) * stride;
      const cy = Math.floor(cell / columns) * stride;
      const left = cx - (boxes[i * 4] as number) * stride;
      const top = cy - (boxes[i * 4 + 1] as number) * stride;
      const points: number[] = [];
      for (let p = 0; p < 10; p += 2) {
        points.push(
          cx + (kps[i * 10 + p] as number) * stride,
          cy + (kps[i * 10 + p + 1] as number) * stride,
        );
      }
      found.push({
        x: left,
        y: top,
        width: cx + (boxes[i * 4 + 2] as number) * stride - left,
        height: cy + (boxes[i * 4 + 3] as number) * stride - top,
        score,
        points,
      });
    }
  }
  return found;
}

function head(input: DecodeInput, rows: number, width: number): Float32Array {
  for (const { data, dims } of input.outputs.values()) {
    if (dims.at(-1) === width && data.length === rows * width * input.batch) {
      return data.subarray(input.index * rows * width, (input.index + 1) * rows * width);
    }
  }
  throw new RangeError(`Cannot decode faces: no output is ${rows}x${width} a picture`);
}
