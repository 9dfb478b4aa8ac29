import { LRUCache } from 'lru-cache';
import { AV_PIX_FMT_GRAY8 } from 'node-av/constants';
import { FFmpegError, Frame, SoftwareScaleContext } from 'node-av/lib';
import type { LumaImage } from '../domain/image/image.ts';
import './ffmpeg/ffmpeg-log.ts';

interface Step {
  readonly context: SoftwareScaleContext;
  readonly target: Frame;
}

/** Larger pictures are thinned to this width before they are averaged: a tenth of the time at 4K. */
const mostAveraged = 1024;

/** Scalings by size and format; a process sees a handful of them. */
const scalings = new LRUCache<string, readonly Step[]>({
  max: 16,
  dispose: (steps) => {
    for (const { context, target } of steps) {
      target.free();
      context.freeContext();
    }
  },
});

/**
 * Brightness of a frame in system memory at a small size. On the calling thread: at 0.05 to 0.1 ms
 * the way to another one would cost more.
 * @throws FFmpegError when the pixel format cannot be read
 */
export function scaleToLuma(source: Frame, width: number, height: number): LumaImage {
  const key = `${source.width}x${source.height}:${source.format}>${width}x${height}`;
  let steps = scalings.get(key);
  if (steps === undefined) {
    steps = createSteps(source, width, height);
    scalings.set(key, steps);
  }
  let from = source;
  for (const { context, target } of steps) {
    FFmpegError.throwIfError(context.scaleFrameSync(target, from), 'scale a picture');
    from = target;
  }
  return { width, height, data: new Uint8Array(from.toBuffer()) };
}

function createSteps(source: Frame, width: number, height: number): Step[] {
  const isWhole = width === source.width && height === source.height;
  if (isWhole || source.width <= mostAveraged) return [createStep('area', width, height)];
  const factor = Math.ceil(source.width / mostAveraged);
  const thinned = [Math.ceil(source.width / factor), Math.ceil(source.height / factor)] as const;
  return [createStep('fast_bilinear', ...thinned), createStep('area', width, height)];
}

function createStep(filter: string, width: number, height: number): Step {
  const context = new SoftwareScaleContext();
  context.allocContext();
  context.setOption('sws_flags', filter);
  const target = new Frame();
  target.alloc();
  target.width = width;
  target.height = height;
  target.format = AV_PIX_FMT_GRAY8;
  const allocated = target.getBuffer();
  if (allocated < 0) {
    target.free();
    context.freeContext();
    FFmpegError.throwIfError(allocated, 'allocate a picture');
  }
  return { context, target };
}
