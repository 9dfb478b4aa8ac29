import type { PictureInput } from '../manifest-schema.ts';
import type { Pixels } from '../protocol.ts';
import type { Values } from './model-session.ts';

/**
 * Pictures as a model wants them. The buffer is reused from call to call: a
 * tensor is valid until the next `fill`.
 */
export class PictureTensor {
  readonly #input: PictureInput;
  readonly #tables: readonly Float32Array[];
  #buffer = new Float32Array(0);

  constructor(input: PictureInput) {
    this.#input = input;
    // One table a channel of the tensor: value = (pixel - mean) / scale.
    this.#tables = [0, 1, 2].map((channel) => {
      const mean = input.mean[channel] as number;
      const scale = input.scale[channel] as number;
      return Float32Array.from({ length: 256 }, (_, pixel) => (pixel - mean) / scale);
    });
  }

  /** A batch; pictures smaller than `width` x `height` stand top left on black. */
  fill(pictures: readonly Pixels[], width: number, height: number): Values {
    const plane = width * height;
    const length = pictures.length * 3 * plane;
    if (this.#buffer.length < length) this.#buffer = new Float32Array(length);
    const data = this.#buffer.subarray(0, length);
    const planar = this.#input.layout === 'NCHW';
    for (const [n, picture] of pictures.entries()) {
      if (picture.width > width || picture.height > height) {
        throw new RangeError(
          `Cannot fill a ${width}x${height} input: the picture is ${picture.width}x${picture.height}`,
        );
      }
      const padded = picture.width < width || picture.height < height;
      for (let channel = 0; channel < 3; channel += 1) {
        const table = this.#tables[channel] as Float32Array;
        const source = this.#input.channels === 'RGB' ? channel : 2 - channel;
        const start = n * 3 * plane + (planar ? channel * plane : channel);
        const step = planar ? 1 : 3;
        if (padded) fillStrided(data, table[0] as number, start, step, plane);
        for (let y = 0; y < picture.height; y += 1) {
          let from = y * picture.width * 3 + source;
          let to = start + y * width * step;
          for (let x = 0; x < picture.width; x += 1) {
            data[to] = table[picture.data[from] as number] as number;
            from += 3;
            to += step;
          }
        }
      }
    }
    const n = pictures.length;
    return { data, dims: planar ? [n, 3, height, width] : [n, height, width, 3] };
  }
}

/** Picture `n` of a planar RGB tensor as 8-bit pixels; the inverse of `input`'s normalisation. */
export function toPixels(values: Values, n: number, input: PictureInput): Pixels {
  const height = values.dims[2] as number;
  const width = values.dims[3] as number;
  const plane = width * height;
  const data = new Uint8Array(plane * 3);
  for (let channel = 0; channel < 3; channel += 1) {
    const mean = input.mean[channel] as number;
    const scale = input.scale[channel] as number;
    let from = (n * 3 + channel) * plane;
    for (let to = channel; to < data.length; to += 3) {
      const pixel = Math.floor((values.data[from] as number) * scale + mean + 0.5);
      data[to] = pixel < 0 ? 0 : pixel > 255 ? 255 : pixel;
      from += 1;
    }
  }
  return { width, height, data };
}

function fillStrided(
  data: Float32Array,
  value: number,
  start: number,
  step: number,
  count: number,
) {
  if (step === 1) data.fill(value, start, start + count);
  else for (let i = 0; i < count; i += 1) data[start + i * step] = value;
}
