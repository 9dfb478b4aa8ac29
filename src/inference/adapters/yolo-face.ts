import type { Candidate, DecodeInput, OutputTensor } from './detector-adapter.ts';

const bins = 16;
const channels = 4 * bins + 1 + 15;

/**
 * YOLOv8-face: one map of 80 channels a stride; 4 x 16 bins of a distribution over
 * the distances to the box's sides, one class logit, five points (x, y, visibility).
 * Source: derronqi/yolov8-face.
 */
export function decodeYoloFace(input: DecodeInput): Candidate[] {
  const found: Candidate[] = [];
  const logit = Math.log(input.scoreThreshold / (1 - input.scoreThreshold));
  for (const { data, dims } of input.outputs.values()) {
    const { stride, columns, cells } = grid(input, { data, dims });
    const base = input.index * channels * cells;
    const at = (channel: number, cell: number) => data[base + channel * cells + cell] as number;
    for (let cell = 0; cell < cells; cell += 1) {
      const cls = at(4 * bins, cell);
      if (!(cls >= logit)) continue;
      const column = cell % columns;
      const row = (cell - column) / columns;
      const [left, top, right, bottom] = [0, 1, 2, 3].map((side) =>
        expectation((bin) => at(side * bins + bin, cell)),
      ) as [number, number, number, number];
      const points: number[] = [];
      for (let p = 0; p < 5; p += 1) {
        const channel = 4 * bins + 1 + p * 3;
        points.push(
          (at(channel, cell) * 2 + column) * stride,
          (at(channel + 1, cell) * 2 + row) * stride,
        );
      }
      found.push({
        x: (column + 0.5 - left) * stride,
        y: (row + 0.5 - top) * stride,
        width: (left + right) * stride,
        height: (top + bottom) * stride,
        score: 1 / (1 + Math.exp(-cls)),
        points,
      });
    }
  }
  return found;
}

function grid(input: DecodeInput, { dims }: OutputTensor) {
  const [batch, depth, rows, columns] = dims;
  if (batch !== input.batch || depth !== channels || rows === undefined || columns === undefined) {
    throw new RangeError(`Cannot decode faces: an output is ${dims.join('x')}, not Nx80xHxW`);
  }
  return { stride: input.width / columns, columns, cells: rows * columns };
}

/** Mean bin of a softmax over 16 logits. */
function expectation(logit: (bin: number) => number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let bin = 0; bin < bins; bin += 1) max = Math.max(max, logit(bin));
  let sum = 0;
  let weighted = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const e = Math.exp(logit(bin) - max);
    sum += e;
    weighted += e * bin;
  }
  return weighted / sum;
}
