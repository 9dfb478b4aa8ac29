import type { PictureInput } from '../manifest-schema.ts';
import type { Pixels } from '../protocol.ts';
import type { Values } from './model-session.ts';
import { type PixelPlanes, pixelPlanes, type Triple } from './pixel-planes.ts';

/**
 * Pictures as a model wants them. The buffer is reused from call to call: a
 * tensor is valid until the next `fill`.
 */
export class PictureTensor {
  readonly #input: PictureInput;
  /** For NCHW, which all but one of the models known take. */
  readonly #planes: PixelPlanes | null;
  readonly #tables: readonly Float32Array[];
  #buffer = new Float32Array(0);

  constructor(input: PictureInput) {
    this.#input = input;
    const ofPixels = (values: readonly number[]): Triple => {
      const [first, second, third] = values as Triple;
      return input.channels === 'RGB' ? [first, second, third] : [third, second, first];
    };
    this.#planes =
      input.layout === 'NCHW' ? pixelPlanes(ofPixels(input.mean), ofPixels(input.scale)) : null;
    // One table a channel of the tensor: value = (pixel - mean) / scale.
    this.#tables = [0, 1, 2].map((channel) => {
      const mean = input.mean[channel] as number;
      const scale = input.scale[channel] as number;
      return Float32Array.from({ length: 256 }, (_, pixel) => (pixel - mean) / scale);
    });
  }

  /** A batch; pictures smaller than `width` x `height` stand top left on black. */
  fill(pictures: readonly Pixels[], width: number, height: number): Values {
    for (const picture of pictures) {
      if (picture.width > width || picture.height > height) {
        throw new RangeError(
          `Cannot fill a ${width}x${height} input: the picture is ${picture.width}x${picture.height}`,
        );
      }
    }
    return this.#planes === null
      ? this.#fillPixels(pictures, width, height)
      : this.#fillPlanes(this.#planes, pictures, width, height);
  }

  #fillPlanes(
    planes: PixelPlanes,
    pictures: readonly Pixels[],
    width: number,
    height: number,
  ): Values {
    const plane = width * height;
    const largest = Math.max(...pictures.map(({ data }) => data.length));
    const data = planes.reserve(pictures.length * 3 * plane, largest);
    for (const [n, picture] of pictures.entries()) {
      const starts = [0, 1, 2].map((channel) => (n * 3 + channel) * plane);
      if (picture.width < width || picture.height < height) {
        for (const [channel, start] of starts.entries()) {
          const black = this.#tables[channel]?.[0] as number;
          // What the picture covers need not be black first, but for rows that it covers in part.
          const covered = picture.width === width ? picture.height * width : 0;
          data.fill(black, start + covered, start + plane);
        }
      }
      const [first, second, third] = starts as [number, number, number];
      const order: Triple =
        this.#input.channels === 'RGB' ? [first, second, third] : [third, second, first];
      planes.put(picture, order, width);
    }
    return { data, dims: [pictures.length, 3, height, width] };
  }

  #fillPixels(pictures: readonly Pixels[], width: number, height: number): Values {
    const plane = width * height;
    const length = pictures.length * 3 * plane;
    if (this.#buffer.length < length) this.#buffer = new Float32Array(length);
    const data = this.#buffer.subarray(0, length);
    for (const [n, picture] of pictures.entries()) {
      const padded = picture.width < width || picture.height < height;
      for (let channel = 0; channel < 3; channel += 1) {
        const table = this.#tables[channel] as Float32Array;
        const source = this.#input.channels === 'RGB' ? channel : 2 - channel;
        const start = n * 3 * plane + channel;
        if (padded) fillEveryThird(data, table[0] as number, start, plane);
        for (let y = 0; y < picture.height; y += 1) {
          let from = y * picture.width * 3 + source;
          let to = start + y * width * 3;
          for (let x = 0; x < picture.width; x += 1) {
            data[to] = table[picture.data[from] as number] as number;
            from += 3;
            to += 3;
          }
        }
      }
    }
    return { data, dims: [pictures.length, height, width, 3] };
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

function fillEveryThird(data: Float32Array, value: number, start: number, count: number): void {
  for (let i = 0; i < count; i += 1) data[start + i * 3] = value;
}
