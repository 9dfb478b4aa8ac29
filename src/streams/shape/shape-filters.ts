import {
  AV_FRAME_FLAG_INTERLACED,
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ444P,
  type AVPixelFormat,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { type Orientation, orientationFilters } from './orientation.ts';
import { type PictureView, viewFilters } from './picture-view.ts';

/** Formats that everything after the decoder takes as they are. */
const plain: ReadonlySet<AVPixelFormat> = new Set([
  ...[AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUVJ422P],
  ...[AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_NV12, AV_PIX_FMT_GRAY8],
]);
/** Ratios of a pixel's sides that cameras mean; beyond, the tag is a fault and is not followed. */
const widest = 4;

/**
 * FFmpeg filters that make of a decoded frame the picture that is meant:
 * progressive, with square pixels, eight bits a sample, upright. Empty for the
 * usual frame, which needs none.
 * @param said as the stream says how to turn it
 */
export function shapeFilters(frame: Frame, said: Orientation, view: PictureView): string[] {
  const format = frame.format as AVPixelFormat;
  const ratio = pixelRatio(frame);
  return [
    // Field order from the frame; progressive ones of a mixed stream pass unchanged.
    ...(frame.hasFlags(AV_FRAME_FLAG_INTERLACED) ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    ...(frame.isHwFrame() || plain.has(format) ? [] : ['format=yuv444p|yuv422p|yuv420p']),
    // Only ever wider or taller: nothing of the picture is thrown away.
    ...(ratio > 1 ? [`scale=w=round(iw*${ratio}/2)*2:h=ih:flags=bicubic`] : []),
    ...(ratio < 1 ? [`scale=w=iw:h=round(ih/${ratio}/2)*2:flags=bicubic`] : []),
    ...(ratio === 1 ? [] : ['setsar=1']),
    ...orientationFilters(said),
    ...viewFilters(view),
  ];
}

/** Width by height of a pixel; 1 where it is not said, or cannot be. */
function pixelRatio(frame: Frame): number {
  const { num, den } = frame.sampleAspectRatio;
  if (!(num > 0 && den > 0)) return 1;
  const ratio = num / den;
  const sane = ratio <= widest && ratio >= 1 / widest;
  // A hundredth is below what any picture shows.
  return sane && Math.abs(ratio - 1) > 0.01 ? ratio : 1;
}
