import { AV_PIX_FMT_RGB24, type AVPixelFormat } from 'node-av/constants';
import { FFmpegError, Frame, SoftwareScaleContext } from 'node-av/lib';
import type { RgbImage } from '../frame/image.ts';
import './ffmpeg-log.ts';

/** Idle contexts kept for reuse; each holds filter tables of some hundred kilobytes. */
const maxIdle = 32;
const idle = new Map<string, SoftwareScaleContext[]>();
let idleCount = 0;

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
  const target = await scaleTo(source, width, height, AV_PIX_FMT_RGB24);
  try {
    const data = into === undefined ? target.toBuffer() : copyPixels(target, into);
    return { width, height, data };
  } finally {
    target.free();
  }
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

/** As {@link scaleToRgb}, to any pixel format; the caller frees the frame. */
export async function scaleTo(
  source: Frame,
  width: number,
  height: number,
  format: AVPixelFormat,
  prepare?: (target: Frame) => void,
): Promise<Frame> {
  const minifies = width < source.width || height < source.height;
  const enlarges = width > source.width || height > source.height;
  const filter = minifies ? filters.minify : enlarges ? filters.enlarge : filters.convert;
  const key = `${source.width}x${source.height}:${source.format}>${width}x${height}:${format}`;
  const context = take(key) ?? create(filter);
  const target = new Frame();
  target.alloc();
  try {
    target.width = width;
    target.height = height;
    target.format = format;
    prepare?.(target);
    FFmpegError.throwIfError(target.getBuffer(), 'allocate a picture');
    FFmpegError.throwIfError(await context.scaleFrame(target, source), 'scale a picture');
  } catch (error) {
    target.free();
    context.freeContext();
    throw error;
  }
  giveBack(key, context);
  return target;
}

function create(filter: string): SoftwareScaleContext {
  const context = new SoftwareScaleContext();
  context.allocContext();
  context.setOption('sws_flags', filter);
  return context;
}

function take(key: string): SoftwareScaleContext | undefined {
  const contexts = idle.get(key);
  const context = contexts?.pop();
  if (context === undefined) return undefined;
  idleCount -= 1;
  if (contexts?.length === 0) idle.delete(key);
  return context;
}

/** The sizes used longest ago go first. */
function giveBack(key: string, context: SoftwareScaleContext): void {
  const contexts = idle.get(key) ?? [];
  idle.delete(key);
  contexts.push(context);
  idle.set(key, contexts);
  idleCount += 1;
  while (idleCount > maxIdle) {
    const oldest = idle.keys().next().value;
    if (oldest === undefined) return;
    take(oldest)?.freeContext();
  }
}
