import { AV_PIX_FMT_RGB24, type AVPixelFormat } from 'node-av/constants';
import { FFmpegError, Frame, SoftwareScaleContext } from 'node-av/lib';
import type { RgbImage } from '../domain/image/image.ts';
import './ffmpeg/ffmpeg-log.ts';

/** A context with the frame that it scales into. */
interface Scaling {
  readonly context: SoftwareScaleContext;
  readonly target: Frame;
}

/**
 * Idle scalings kept for reuse; each holds filter tables and a picture of some
 * hundred kilobytes. New pictures each time would scatter the native heap:
 * resident memory with four cameras was 180 MiB larger for it.
 */
const maxIdle = 32;
/**
 * Pixels of all idle scalings together, and of one: photographs of forty million pixels, each of another
 * size, left a gigabyte and a half behind.
 */
const maxIdlePixels = 24_000_000;
const maxIdlePicture = 9_000_000;
const idle = new Map<string, Scaling[]>();
let idleCount = 0;
let idlePixels = 0;

// Without these flags colour is repeated in 2x2 blocks and rounded coarsely: measured on low-quality
// JPEG faces of 10 px between the eyes, that alone cost a recogniser six points of rank-1.
const exact = '+full_chroma_int+accurate_rnd';
const filters = { minify: 'area', enlarge: `bicubic${exact}`, convert: `bilinear${exact}` };

/**
 * Scales a frame in system memory to exactly `width` x `height` as RGB, off the
 * event loop. Colour matrix and range follow the frame's tags. Area filter when
 * minifying, bicubic otherwise. The caller keeps `source` alive until it settles.
 * @param into memory for the pixels, as long as they are; default: new memory
 * @throws FFmpegError when the pixel format cannot be read
 */
export async function scaleToRgb(
  source: Frame,
  width: number,
  height: number,
  into?: Uint8Array,
): Promise<RgbImage> {
  return withScaled(source, { width, height, format: AV_PIX_FMT_RGB24 }, (target) => ({
    width,
    height,
    data: into === undefined ? target.toBuffer() : copyPixels(target, into),
  }));
}

/**
 * Natively: `frame.data` would make an object as large as the picture in the
 * eyes of the garbage collector, which then runs once a second for nothing.
 */
function copyPixels(frame: Frame, into: Uint8Array): Uint8Array {
  const { width, height } = frame;
  const target = Frame.fromVideoBuffer(Buffer.from(into.buffer, into.byteOffset, into.byteLength), {
    width,
    height,
    format: AV_PIX_FMT_RGB24,
    timeBase: { num: 1, den: 1000 },
    pts: 0n,
  });
  try {
    FFmpegError.throwIfError(target.copy(frame), 'copy a picture');
    return into;
  } finally {
    target.free();
  }
}

/** As {@link scaleToRgb}, to any pixel format, for `use`, which must not keep the frame. */
export async function withScaled<T>(
  source: Frame,
  shape: { readonly width: number; readonly height: number; readonly format: AVPixelFormat },
  use: (target: Frame) => Promise<T> | T,
  prepare?: (target: Frame) => void,
): Promise<T> {
  const { width, height, format } = shape;
  const minifies = width < source.width || height < source.height;
  const enlarges = width > source.width || height > source.height;
  const filter = minifies ? filters.minify : enlarges ? filters.enlarge : filters.convert;
  const key = `${source.width}x${source.height}:${source.format}>${width}x${height}:${format}`;
  const scaling = take(key) ?? create(filter, shape);
  let result: T;
  try {
    prepare?.(scaling.target);
    const scaled = await scaling.context.scaleFrame(scaling.target, source);
    FFmpegError.throwIfError(scaled, 'scale a picture');
    result = await use(scaling.target);
  } catch (error) {
    free(scaling);
    throw error;
  }
  giveBack(key, scaling);
  return result;
}

function create(
  filter: string,
  shape: { readonly width: number; readonly height: number; readonly format: AVPixelFormat },
): Scaling {
  const context = new SoftwareScaleContext();
  context.allocContext();
  context.setOption('sws_flags', filter);
  const target = new Frame();
  target.alloc();
  target.width = shape.width;
  target.height = shape.height;
  target.format = shape.format;
  try {
    FFmpegError.throwIfError(target.getBuffer(), 'allocate a picture');
  } catch (error) {
    free({ context, target });
    throw error;
  }
  return { context, target };
}

function free({ context, target }: Scaling): void {
  target.free();
  context.freeContext();
}

function take(key: string): Scaling | undefined {
  const scalings = idle.get(key);
  const scaling = scalings?.pop();
  if (scaling === undefined) return undefined;
  idleCount -= 1;
  idlePixels -= pixelsOf(scaling);
  if (scalings?.length === 0) idle.delete(key);
  return scaling;
}

/** The sizes used longest ago go first. */
function giveBack(key: string, scaling: Scaling): void {
  const pixels = pixelsOf(scaling);
  if (pixels > maxIdlePicture) {
    free(scaling);
    return;
  }
  const scalings = idle.get(key) ?? [];
  idle.delete(key);
  scalings.push(scaling);
  idle.set(key, scalings);
  idleCount += 1;
  idlePixels += pixels;
  while (idleCount > maxIdle || idlePixels > maxIdlePixels) {
    const oldest = idle.keys().next().value;
    const stale = oldest === undefined ? undefined : take(oldest);
    if (stale === undefined) return;
    free(stale);
  }
}

function pixelsOf({ target }: Scaling): number {
  return target.width * target.height;
}

/** Pixels of the pictures that are kept for reuse. */
export function idleScalingPixels(): number {
  return idlePixels;
}
