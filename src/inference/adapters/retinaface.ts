import type { Candidate, DecodeInput } from './detector-adapter.ts';

const strides = [8, 16, 32];
/** Sides of the two anchors a cell, pixels, by stride. */
const anchorSides: readonly (readonly number[])[] = [
  [16, 32],
  [64, 128],
  [256, 512],
];
const variance = [0.1, 0.2] as const;

/**
 * RetinaFace (MobileNet 0.25): boxes [n,4], class scores [n,2] and points [n,10]
 * against anchors, with variances 0.1 and 0.2. Tensors are distinguished by width.
 * Class scores may be logits or a softmax already. Source: biubug6/Pytorch_Retinaface.
 */
export function decodeRetinaFace(input: DecodeInput): Candidate[] {
  const sizes = strides.map(
    (s) => [Math.ceil(input.width / s), Math.ceil(input.height / s)] as const,
  );
  const rows = sizes.reduce((sum, [columns, lines]) => sum + columns * lines * 2, 0);
  const boxes = head(input, rows, 4);
  const scores = head(input, rows, 2);
  const kps = head(input, rows, 10);
  const found: Candidate[] = [];
  let i = 0;
  for (const [level, [columns, lines]] of sizes.entries()) {
    const stride = strides[level] as number;
    for (let row = 0; row < lines; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        for (const side of anchorSides[level] as readonly number[]) {
          const score = faceScore(scores[i * 2] as number, scores[i * 2 + 1] as number);
          if (score >= input.scoreThreshold) {
            const cx = (column + 0.5) * stride;
            const cy = (row + 0.5) * stride;
            found.push(decodeRow(boxes, kps, i, cx, cy, side, score));
          }
          i += 1;
        }
      }
    }
  }
  return found;
}

function decodeRow(
  boxes: Float32Array,
  kps: Float32Array,
  i: number,
  cx: number,
  cy: number,
  side: number,
  score: number,
): Candidate {
  const width = side * Math.exp((boxes[i * 4 + 2] as number) * variance[1]);
  const height = side * Math.exp((boxes[i * 4 + 3] as number) * variance[1]);
  const points: number[] = [];
  for (let p = 0; p < 10; p += 2) {
    points.push(
      cx + (kps[i * 10 + p] as number) * variance[0] * side,
      cy + (kps[i * 10 + p + 1] as number) * variance[0] * side,
    );
  }
  return {
    x: cx + (boxes[i * 4] as number) * variance[0] * side - width / 2,
    y: cy + (boxes[i * 4 + 1] as number) * variance[0] * side - height / 2,
    width,
    height,
    score,
    points,
  };
}

function faceScore(background: number, face: number): number {
  const isSoftmax = background >= 0 && face >= 0 && Math.abs(background + face - 1) < 1e-3;
  return isSoftmax ? face : 1 / (1 + Math.exp(background - face));
}

function head(input: DecodeInput, rows: number, width: number): Float32Array {
  for (const { data, dims } of input.outputs.values()) {
    if (dims.at(-1) === width && data.length === rows * width * input.batch) {
      return data.subarray(input.index * rows * width, (input.index + 1) * rows * width);
    }
  }
  throw new RangeError(`Cannot decode faces: no output is ${rows}x${width} a picture`);
}
