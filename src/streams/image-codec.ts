import { FilterAPI } from 'node-av/api';
import {
  AV_CODEC_ID_BMP,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_PNG,
  AV_CODEC_ID_WEBP,
  AV_PIX_FMT_RGB24,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Packet, Rational } from 'node-av/lib';
import { NightglassError } from '../domain/errors.ts';
import type { ImageCodec, Turn } from '../domain/frame/image-codec.ts';
import type { RgbImage } from '../domain/image/image.ts';
import { type ImageKind, readImageHeader } from './image-header.ts';
import { encodeJpeg } from './jpeg-encoder.ts';
import { withScaled } from './rgb-scaler.ts';
import './ffmpeg/ffmpeg-log.ts';

const codecIds = {
  jpeg: AV_CODEC_ID_MJPEG,
  png: AV_CODEC_ID_PNG,
  webp: AV_CODEC_ID_WEBP,
  bmp: AV_CODEC_ID_BMP,
} as const satisfies Record<ImageKind, number>;

const defaultMaxPixels = 40_000_000;
const maxSide = 32_767;

/** FFmpeg's filters that bring EXIF orientation 2..8 upright. */
const upright: Readonly<Record<number, string>> = {
  2: 'hflip',
  3: 'hflip,vflip',
  4: 'vflip',
  5: 'transpose=cclock_flip',
  6: 'transpose=clock',
  7: 'transpose=clock_flip',
  8: 'transpose=cclock',
};

/** The same of quarter turns. */
const quarters: Readonly<Partial<Record<Turn, string>>> = {
  90: 'transpose=clock',
  180: 'hflip,vflip',
  270: 'transpose=cclock',
};

/** Still pictures through FFmpeg's codecs, in memory and off the event loop. */
export function createImageCodec(): ImageCodec {
  return {
    encodeJpeg: async (image, quality = 90) => encodeJpeg(image, quality),
    decode,
  };
}

async function decode(
  bytes: Uint8Array,
  options: { maxPixels?: number; turn?: Turn } = {},
): Promise<RgbImage> {
  const header = readImageHeader(bytes);
  if (header === null || header.width <= 0 || header.height <= 0) {
    throw invalid('it is no whole JPEG, PNG, WebP or BMP file');
  }
  const { kind, width, height, orientation, animated } = header;
  if (animated) throw invalid('it is animated, and nobody can tell which of its pictures is meant');
  const maxPixels = options.maxPixels ?? defaultMaxPixels;
  // Before decoding: a small file can claim a picture that fills the memory.
  if (width * height > maxPixels || width > maxSide || height > maxSide) {
    const message = `Cannot decode the image: ${width}x${height} pixels are over the limit of ${maxPixels}`;
    throw new NightglassError('IMAGE_TOO_LARGE', message, { hint: 'Scale the image down.' });
  }
  const frame = await decodeFrame(bytes, kind, maxPixels);
  let isAlive = true;
  const free = (): void => {
    if (isAlive) frame.free();
    isAlive = false;
  };
  try {
    if (frame.width !== width || frame.height !== height) {
      throw invalid('its header and its data disagree about the size');
    }
    const filters = [upright[orientation], quarters[options.turn ?? 0]].filter(
      (filter) => filter !== undefined,
    );
    return await withRgb(frame, (rgb) => {
      // It takes up to eight bytes a pixel, and what follows needs the memory.
      free();
      return filters.length === 0 ? imageOf(rgb) : turn(rgb, filters.join());
    });
  } finally {
    free();
  }
}

/** As RGB, for `use`, which must not keep the frame. */
async function withRgb(
  frame: Frame,
  use: (rgb: Frame) => Promise<RgbImage> | RgbImage,
): Promise<RgbImage> {
  const { width, height } = frame;
  let isRgb = false;
  try {
    return await withScaled(frame, { width, height, format: AV_PIX_FMT_RGB24 }, (rgb) => {
      isRgb = true;
      return use(rgb);
    });
  } catch (cause) {
    // Of pixel formats that FFmpeg decodes and cannot convert.
    if (!isRgb && cause instanceof FFmpegError)
      throw invalid('its pixels cannot be converted to RGB');
    throw cause;
  }
}

function imageOf(frame: Frame): RgbImage {
  return { width: frame.width, height: frame.height, data: frame.toBuffer() };
}

async function decodeFrame(bytes: Uint8Array, kind: ImageKind, maxPixels: number): Promise<Frame> {
  const codec = Codec.findDecoder(codecIds[kind]);
  const context = new CodecContext();
  const packet = new Packet();
  const frame = new Frame();
  context.allocContext3(codec);
  packet.alloc();
  frame.alloc();
  let whole = false;
  try {
    context.threadCount = 1;
    context.pktTimebase = new Rational(1, 1000);
    // Not through a dictionary of open2: freeing that one again crashes.
    FFmpegError.throwIfError(context.setOption('err_detect', 'explode'), 'set up a decoder');
    // The data may hold another size than the header that was read: a second one, further in.
    FFmpegError.throwIfError(context.setOption('max_pixels', String(maxPixels)), 'bound a decoder');
    FFmpegError.throwIfError(context.open2Sync(codec), 'open a decoder');
    packet.data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    whole = (await context.sendPacket(packet)) >= 0 && context.receiveFrameSync(frame) >= 0;
    whole &&= frame.decodeErrorFlags === 0;
    if (!whole) throw invalid(`its ${kind.toUpperCase()} data is damaged or of an unknown variant`);
    return frame;
  } finally {
    if (!whole) frame.free();
    packet.free();
    context.freeContext();
  }
}

async function turn(source: Frame, filter: string): Promise<RgbImage> {
  // Filters ask for a time.
  source.timeBase = new Rational(1, 1000);
  source.pts = 0n;
  const graph = FilterAPI.create(filter);
  try {
    await graph.process(source);
    const turned = await graph.receive();
    if (!(turned instanceof Frame))
      throw new Error(`Cannot turn the image: ${filter} gave no picture`);
    try {
      return imageOf(turned);
    } finally {
      turned.free();
    }
  } finally {
    graph.close();
  }
}

function invalid(why: string): NightglassError {
  return new NightglassError('IMAGE_INVALID', `Cannot decode the image: ${why}`, {
    hint: 'Give a whole JPEG, PNG, WebP or BMP file.',
  });
}
