import { type CodecContext, FFmpegError } from 'node-av/lib';
import { pixelBound } from '../domain/bounds.ts';

/** Whether a picture is one that is not to be decoded. */
export function isBeyondPixelBound({
  width,
  height,
}: {
  readonly width: number;
  readonly height: number;
}): boolean {
  return width * height > pixelBound;
}

/**
 * Has a decoder refuse larger pictures before it takes memory for them, whatever the container says
 * of them. Call it before the decoder is opened.
 */
export function boundPixels(context: CodecContext): void {
  const result = context.setOption('max_pixels', String(pixelBound));
  FFmpegError.throwIfError(result, 'bound a decoder');
}
