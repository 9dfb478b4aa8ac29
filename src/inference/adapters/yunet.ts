import type { Candidate, DecodeInput, OutputTensor } from './detector-adapter.ts';

const strides = [8, 16, 32];

/**
 * YuNet's heads: `cls_S`, `obj_S`, `bbox_S`, `kps_S` at strides 8, 16, 32, a row a
 * cell in reading order; score = sqrt(cls * obj). Our own detector has them too.
 * Source: libfacedetection.train and OpenCV's FaceDetectorYN.
 */
export function decodeYuNet(input: DecodeInput): Candidate[] {
  const found: Candidate[] = [];
  // sqrt(cls * obj) >= t only where cls * obj >= t * t: the root is taken of the few that pass.
  const least = input.scoreThreshold * input.scoreThreshold;
  for (const stride of strides) {
    const columns = Math.floor(input.width / stride);
    const cells = columns * Math.floor(input.height / stride);
    const cls = head(input, `cls_${stride}`, cells, 1);
    const obj = head(input, `obj_${stride}`, cells, 1);
    const bbox = head(input, `bbox_${stride}`, cells, 4);
    const kps = head(input, `kps_${stride}`, cells, 10);
    for (let i = 0; i < cells; i += 1) {
      const product = clamp01(cls[i] as number) * clamp01(obj[i] as number);
      if (!(product >= least)) continue;
      const column = i % columns;
      const row = (i - column) / columns;
      const width = Math.exp(bbox[i * 4 + 2] as number) * stride;
      const height = Math.exp(bbox[i * 4 + 3] as number) * stride;
      const points: number[] = [];
      for (let p = 0; p < 10; p += 2) {
        points.push(
          ((kps[i * 10 + p] as number) + column) * stride,
          ((kps[i * 10 + p + 1] as number) + row) * stride,
        );
      }
      found.push({
        x: ((bbox[i * 4] as number) + column) * stride - width / 2,
        y: ((bbox[i * 4 + 1] as number) + row) * stride - height / 2,
        width,
        height,
        score: Math.sqrt(product),
        points,
      });
    }
  }
  return found;
}

function head(input: DecodeInput, name: string, cells: number, columns: number): Float32Array {
  const tensor: OutputTensor | undefined = input.outputs.get(name);
  const length = cells * columns;
  if (tensor === undefined || tensor.data.length !== length * input.batch) {
    throw new RangeError(
      `Cannot decode faces: output ${name} is not ${cells}x${columns} a picture`,
    );
  }
  return tensor.data.subarray(input.index * length, (input.index + 1) * length);
}

function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
