import type { Picture } from '../../src/domain/frame/picture.ts';
import type { Box } from '../../src/domain/geometry/box.ts';
import type { LumaImage, RgbImage } from '../../src/domain/image/image.ts';

export interface FakePictureOptions {
  readonly width: number;
  readonly height: number;
  /** Settles a read; `done` is to be called when it does. */
  readonly answer: <T>(value: T, done: () => void) => Promise<T>;
  /** Of the whole picture, as `luma` gives it; default 120. */
  readonly grey?: number | undefined;
  /** Told of every misuse. */
  readonly onFault: (fault: string) => void;
}

/** A picture without pixels of its own that notices reads after and during disposal. */
export class FakePicture implements Picture {
  readonly width: number;
  readonly height: number;
  readonly #options: FakePictureOptions;
  #reads = 0;
  #disposed = false;

  constructor(options: FakePictureOptions) {
    this.width = options.width;
    this.height = options.height;
    this.#options = options;
  }

  /** A checkerboard: sharp, well lit, the same for every crop. */
  rgb(options: { width: number; height: number; crop?: Box }): Promise<RgbImage> {
    return this.#read(() => checkerboard(options.width, options.height));
  }

  /** Even grey: nothing ever moves. */
  luma({ width, height }: { width: number; height: number }): Promise<LumaImage> {
    return this.#read(() => ({
      width,
      height,
      data: new Uint8Array(width * height).fill(this.#options.grey ?? 120),
    }));
  }

  jpeg(): Promise<Uint8Array> {
    return this.#read(() => Uint8Array.of(0xff, 0xd8));
  }

  dispose(): void {
    if (this.#reads > 0) this.#options.onFault('disposed of while it was read');
    this.#disposed = true;
  }

  #read<T>(make: () => T): Promise<T> {
    if (this.#disposed) {
      this.#options.onFault('read after disposal');
      return Promise.reject(new TypeError('Cannot read a picture: it is disposed'));
    }
    this.#reads += 1;
    return this.#options.answer(make(), () => {
      this.#reads -= 1;
    });
  }
}

/** Squares of four pixels at 60 and 180 grey. */
export function checkerboard(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      data.fill(((x >> 2) + (y >> 2)) & 1 ? 180 : 60, (y * width + x) * 3, (y * width + x + 1) * 3);
    }
  }
  return { width, height, data };
}
