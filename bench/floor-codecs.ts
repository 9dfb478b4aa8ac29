import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_MJPEG,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  type AVPixelFormat,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from 'node-av/lib';

/** Scales natively, with a context kept for each size. */
export function scaler(): (
  frame: Frame,
  width: number,
  height: number,
  format: AVPixelFormat,
) => Frame {
  const contexts = new Map<string, SoftwareScaleContext>();
  return (frame, width, height, format) => {
    const key = `${frame.width}x${frame.height} ${width}x${height} ${format}`;
    let context = contexts.get(key);
    if (context === undefined) {
      context = new SoftwareScaleContext();
      context.allocContext();
      context.setOption('sws_flags', width < frame.width ? 'area' : 'bilinear');
      contexts.set(key, context);
    }
    const target = new Frame();
    target.alloc();
    target.width = width;
    target.height = height;
    target.format = format;
    if (format === AV_PIX_FMT_YUVJ420P) target.colorRange = AVCOL_RANGE_JPEG;
    target.getBuffer();
    if (context.scaleFrameSync(target, frame) < 0) throw new Error('Cannot scale');
    return target;
  };
}

/** Encodes JPEG of one size. */
export function jpegEncoder(width: number, height: number): (frame: Frame) => void {
  const codec = Codec.findEncoder(AV_CODEC_ID_MJPEG);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUVJ420P;
  context.colorRange = AVCOL_RANGE_JPEG;
  context.timeBase = new Rational(1, 25);
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_QSCALE);
  context.globalQuality = 6 * FF_QP2LAMBDA;
  if (context.open2Sync(codec) < 0) throw new Error('Cannot open the JPEG encoder');
  const packet = new Packet();
  packet.alloc();
  let number = 0n;
  return (frame) => {
    frame.quality = 6 * FF_QP2LAMBDA;
    frame.pts = number;
    number += 1n;
    if (context.sendFrameSync(frame) < 0) throw new Error('Cannot encode');
    if (context.receivePacketSync(packet) < 0) throw new Error('Cannot encode');
    new Uint8Array(packet.data as Buffer);
    packet.unref();
  };
}

/** Decodes H.264, one thread. */
export function decoder(): (data: Uint8Array) => Frame | null {
  const codec = Codec.findDecoder(AV_CODEC_ID_H264);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_LOW_DELAY);
  if (context.open2Sync(codec) < 0) throw new Error('Cannot open the decoder');
  const packet = new Packet();
  packet.alloc();
  return (data) => {
    packet.data = Buffer.from(data);
    context.sendPacketSync(packet);
    packet.unref();
    const frame = new Frame();
    frame.alloc();
    if (context.receiveFrameSync(frame) >= 0) return frame;
    frame.free();
    return null;
  };
}
