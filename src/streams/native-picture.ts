import { Scaler } from 'node-av/api';
import type { AVPixelFormat } from 'node-av/constants';
import { avImageGetBufferSize, type Frame } from 'node-av/lib';
import type { Picture } from '../domain/frame/picture.ts';
import { type Box, clipBox } from '../domain/geometry/box.ts';
import type { LumaImage, RgbImage } from '../domain/image/image.ts';
import { encodeFrameJpeg, encodeJpeg } from './jpeg-encoder.ts';
import { scaleToLuma } from './luma-scaler.ts';
import { downloadFrame, frameFromBytes } from './native-frame.ts';
import { scaleToRgb } from './rgb-scaler.ts';

/**
 * Cuts begin and end at multiples of this many pixels, and what is too much is trimmed. Chroma
 * of all common formats is whole at multiples of four; of the coarser grid there are few
 * sizes, so that their scalings are there already (a fifth less processor time a cut).
 */
const cutGrid = 32;
/** Cuts parts out of frames natively, in the frame's own pixel format. */
const cutter = new Scaler();

interface TargetSize {
  readonly width: number;
  readonly height: number;
  readonly into?: Uint8Array | undefined;
}

/** A decoded picture over a native frame, in system or in device memory. */
export class NativePicture implements Picture {
  readonly width: number;
  readonly height: number;
  readonly #frame: Frame;
  /** The frame in system memory, once a hardware frame was downloaded. */
  #software: Promise<Frame> | null = null;
  #reads = 0;
  #disposed = false;

  private constructor(frame: Frame) {
    this.#frame = frame;
    this.width = frame.width;
    this.height = frame.height;
  }

  /** Takes ownership of `frame`, which holds a decoded video frame. */
  static create(frame: Frame): NativePicture {
    return new NativePicture(frame);
  }

  /**
   * Luma is exact to the pixel for any crop; chroma as well where the crop is
   * not scaled, else it may be off by half a pixel when `x` or `y` is odd.
   */
  rgb(options: {
    width: number;
    height: number;
    crop?: Box;
    into?: Uint8Array;
  }): Promise<RgbImage> {
    const { width, height, crop, into } = options;
    if (!isSize(width) || !isSize(height)) {
      return Promise.reject(
        new RangeError(`Cannot scale a picture: ${width}x${height} is no size`),
      );
    }
    if (into !== undefined && into.length !== width * height * 3) {
      return Promise.reject(
        new RangeError(`Cannot scale a picture into ${into.length} bytes: ${width}x${height} RGB`),
      );
    }
    return this.#read((frame) => this.#scale(frame, { width, height, into }, crop));
  }

  luma({ width, height }: { width: number; height: number }): Promise<LumaImage> {
    if (!isSize(width) || !isSize(height)) {
      return Promise.reject(
        new RangeError(`Cannot scale a picture: ${width}x${height} is no size`),
      );
    }
    return this.#read(async (frame) => scaleToLuma(frame, width, height));
  }

  jpeg(options: { quality?: number; crop?: Box; maxWidth?: number } = {}): Promise<Uint8Array> {
    return this.#read(async (frame) => {
      const crop = clipBox(options.crop ?? whole(this), this);
      const factor = Math.min(1, (options.maxWidth ?? crop.width) / crop.width);
      const width = Math.max(1, Math.round(crop.width * factor));
      const height = Math.max(1, Math.round(crop.height * factor));
      // The whole picture needs no way through RGB, which would cost a megabyte of garbage each.
      if (crop.width === this.width && crop.height === this.height) {
        return encodeFrameJpeg(frame, { width, height }, options.quality ?? 85);
      }
      return encodeJpeg(await this.#scale(frame, { width, height }, crop), options.quality ?? 85);
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#freeWhenIdle();
  }

  async #scale(frame: Frame, size: TargetSize, crop?: Box): Promise<RgbImage> {
    const { width, height, into } = size;
    const box = clipBox(crop ?? whole(this), this);
    if (box.width === 0 || box.height === 0) {
      throw new RangeError('Cannot cut a picture: the crop lies outside of it');
    }
    if (box.width === this.width && box.height === this.height) {
      return scaleToRgb(frame, width, height, into);
    }
    if (box.width !== width || box.height !== height) {
      return withCut(frame, box, (cut) => scaleToRgb(cut, width, height, into));
    }
    const outer = alignOut(box, this);
    const image = await withCut(frame, outer, (cut) => scaleToRgb(cut, outer.width, outer.height));
    return trim(image, box.x - outer.x, box.y - outer.y, box.width, box.height);
  }

  async #read<T>(use: (frame: Frame) => Promise<T>): Promise<T> {
    if (this.#disposed) throw new TypeError('Cannot read a picture: it is disposed');
    this.#reads += 1;
    try {
      return await use(await this.#inSystemMemory());
    } finally {
      this.#reads -= 1;
      this.#freeWhenIdle();
    }
  }

  #inSystemMemory(): Promise<Frame> | Frame {
    if (!this.#frame.isHwFrame()) return this.#frame;
    this.#software ??= downloadFrame(this.#frame);
    return this.#software;
  }

  /** A read in flight uses the memory on another thread: it is freed after the last one. */
  #freeWhenIdle(): void {
    if (!this.#disposed || this.#reads > 0) return;
    this.#frame.free();
    this.#software?.then(
      (frame) => frame.free(),
      () => undefined,
    );
    this.#software = null;
  }
}

async function withCut<T>(frame: Frame, box: Box, use: (cut: Frame) => Promise<T>): Promise<T> {
  const bytes = await cutter.toBuffer(frame, { crop: { ...box } });
  const format = frame.format as AVPixelFormat;
  if (bytes.length !== avImageGetBufferSize(format, box.width, box.height, 1)) {
    throw new RangeError('Cannot cut a picture: its pixel format is not supported');
  }
  const cut = frameFromBytes(bytes, { width: box.width, height: box.height, format });
  try {
    cut.colorSpace = frame.colorSpace;
    cut.colorRange = frame.colorRange;
    cut.colorPrimaries = frame.colorPrimaries;
    cut.colorTrc = frame.colorTrc;
    cut.chromaLocation = frame.chromaLocation;
    return await use(cut);
  } finally {
    cut.free();
  }
}

function alignOut(box: Box, picture: { width: number; height: number }): Box {
  const down = (value: number) => value - (value % cutGrid);
  const up = (value: number) => down(value + cutGrid - 1);
  const x = down(box.x);
  const y = down(box.y);
  return {
    x,
    y,
    width: Math.min(up(box.x + box.width), picture.width) - x,
    height: Math.min(up(box.y + box.height), picture.height) - y,
  };
}

function trim(image: RgbImage, x: number, y: number, width: number, height: number): RgbImage {
  if (x === 0 && y === 0 && image.width === width && image.height === height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const start = ((y + row) * image.width + x) * 3;
    data.set(image.data.subarray(start, start + width * 3), row * width * 3);
  }
  return { width, height, data };
}

function whole(picture: { width: number; height: number }): Box {
  return { x: 0, y: 0, width: picture.width, height: picture.height };
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 16_384;
}
