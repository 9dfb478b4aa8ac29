import {
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_ID_MJPEG,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ444P,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT470BG,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, type Frame, Packet, Rational } from 'node-av/lib';
import type { RgbImage } from '../domain/image/image.ts';
import { frameFromBytes } from './native-frame.ts';
import { withScaled } from './rgb-scaler.ts';

const maxSide = 16_384;

/**
 * JPEG bytes of an image. From quality 90 the colour is kept at full resolution.
 * @param quality 1..100
 * @throws RangeError for an impossible size, quality or length of data
 */
export async function encodeJpeg(image: RgbImage, quality: number): Promise<Uint8Array> {
  const { width, height, data } = image;
  if (!(width > 0 && height > 0 && width <= maxSide && height <= maxSide)) {
    throw new RangeError(`Cannot encode a JPEG: ${width}x${height} is no size`);
  }
  if (data.length !== width * height * 3) {
    throw new RangeError(
      `Cannot encode a JPEG: ${data.length} bytes are not ${width}x${height} RGB`,
    );
  }
  const source = frameFromBytes(data, { width, height, format: AV_PIX_FMT_RGB24 });
  try {
    return await encodeFrameJpeg(source, { width, height }, quality);
  } finally {
    source.free();
  }
}

/**
 * JPEG bytes of a frame in system memory, scaled to `size`. The caller keeps
 * the frame alive until it settles.
 * @param quality 1..100
 * @throws RangeError for an impossible quality
 */
export async function encodeFrameJpeg(
  frame: Frame,
  size: { readonly width: number; readonly height: number },
  quality: number,
): Promise<Uint8Array> {
  if (!(quality >= 1 && quality <= 100)) {
    throw new RangeError(`Cannot encode a JPEG: quality ${quality} is not within 1..100`);
  }
  const format = quality >= 90 ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUVJ420P;
  return withScaled(
    frame,
    { ...size, format },
    (target) => encode(target, quantizer(quality)),
    (target) => {
      target.colorRange = AVCOL_RANGE_JPEG;
      target.colorSpace = AVCOL_SPC_BT470BG;
    },
  );
}

/** FFmpeg's scale runs from 1 (best) to 31. */
function quantizer(quality: number): number {
  return Math.round(1 + ((100 - quality) / 99) * 30);
}

async function encode(picture: Frame, scale: number): Promise<Uint8Array> {
  const codec = Codec.findEncoder(AV_CODEC_ID_MJPEG);
  const context = new CodecContext();
  const packet = new Packet();
  context.allocContext3(codec);
  packet.alloc();
  try {
    context.width = picture.width;
    context.height = picture.height;
    context.pixelFormat = picture.format as typeof context.pixelFormat;
    context.colorRange = AVCOL_RANGE_JPEG;
    context.timeBase = new Rational(1, 25);
    context.threadCount = 1;
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.qMin = 1;
    context.globalQuality = scale * FF_QP2LAMBDA;
    picture.quality = scale * FF_QP2LAMBDA;
    picture.pts = 0n;
    FFmpegError.throwIfError(context.open2Sync(codec), 'open the JPEG encoder');
    FFmpegError.throwIfError(await context.sendFrame(picture), 'encode a JPEG');
    // Encoding happened in sendFrame: this only hands the result over.
    FFmpegError.throwIfError(context.receivePacketSync(packet), 'encode a JPEG');
    if (packet.data === null) throw new Error('Cannot encode a JPEG: the encoder gave nothing');
    return new Uint8Array(packet.data);
  } finally {
    packet.free();
    context.freeContext();
  }
}
