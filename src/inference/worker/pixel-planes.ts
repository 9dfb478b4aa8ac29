import type { Pixels } from '../protocol.ts';
import { pixelPlanesModule } from './pixel-planes-wasm.ts';

/** Planes of float32 in WebAssembly memory, filled from pixels by 128-bit SIMD. */
export interface PixelPlanes {
  /**
   * Makes room for planes of `numbers` floats in all, and for pixels of `bytes`.
   * @returns the planes, valid until the next `reserve`; what they hold is left as it is
   */
  reserve(numbers: number, bytes: number): Float32Array;
  /**
   * Puts a picture into three planes as `(value - mean) / scale`.
   * @param starts where each of R, G and B begins, in floats
   * @param width of a row of the planes, at least the picture's
   */
  put(picture: Pixels, starts: Triple, width: number): void;
}

/** A number each for R, G and B. */
export type Triple = readonly [r: number, g: number, b: number];

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Exports {
  readonly memory: Memory;
  readonly planes: (source: number, groups: number, ...rest: number[]) => void;
}

/** The part used here of what every engine has and `lib` declares for browsers alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const pageBytes = 65_536;
/** Pixels that are turned at once. */
const pixelsAtOnce = 16;
let compiled: object | undefined;

/** @param means and `scales` of R, G and B */
export function pixelPlanes(means: Triple, scales: Triple): PixelPlanes {
  compiled ??= new WebAssembly.Module(pixelPlanesModule);
  const { memory, planes } = new WebAssembly.Instance(compiled).exports as Exports;
  let floats = new Float32Array(memory.buffer);
  let bytes = new Uint8Array(memory.buffer);
  /** Pixels lie behind the planes, on a whole vector. */
  let source = 0;

  function putRest(picture: Pixels, from: number, to: number, starts: Triple, at: number): void {
    for (let pixel = from; pixel < to; pixel += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const value = picture.data[pixel * 3 + channel] as number;
        const mean = means[channel] as number;
        floats[(starts[channel] as number) + at + pixel - from] =
          (value - mean) / (scales[channel] as number);
      }
    }
  }

  return {
    reserve(numbers, pixelBytes) {
      source = Math.ceil((numbers * 4) / 64) * 64;
      const missing = source + pixelBytes - memory.buffer.byteLength;
      if (missing > 0) {
        memory.grow(Math.ceil(missing / pageBytes));
        floats = new Float32Array(memory.buffer);
        bytes = new Uint8Array(memory.buffer);
      }
      return floats.subarray(0, numbers);
    },
    put(picture, starts, width) {
      bytes.set(picture.data, source);
      const whole = picture.width === width;
      const rows = whole ? 1 : picture.height;
      const length = whole ? width * picture.height : picture.width;
      const groups = Math.floor(length / pixelsAtOnce);
      for (let row = 0; row < rows; row += 1) {
        const pixel = row * picture.width;
        const at = row * width;
        const [r, g, b] = starts.map((start) => (start + at) * 4) as [number, number, number];
        planes(source + pixel * 3, groups, r, g, b, ...means, ...scales);
        const done = groups * pixelsAtOnce;
        putRest(picture, pixel + done, pixel + length, starts, at + done);
      }
    },
  };
}
