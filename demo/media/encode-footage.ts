import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_JPEG,
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265,
  FF_ENCODER_MJPEG,
  SWS_BILINEAR,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
} from 'node-av/lib';
import { NightglassError } from '../../src/domain/errors.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import type { AccessUnit, EncodedSource, VideoCodec } from './encoded-source.ts';

export interface EncodeFootageOptions {
  /** Default `h264`, and `mjpeg` where FFmpeg has no H.264 encoder. */
  readonly codec?: VideoCodec;
  readonly framesPerSecond: number;
  /** Frames from one key picture to the next, default one second's. */
  readonly keyInterval?: number;
  /** Constant quality of H.264 and H.265, 0 (best)..51, default 23. */
  readonly quality?: number;
}

const encoders = {
  h264: FF_ENCODER_LIBX264,
  h265: FF_ENCODER_LIBX265,
  mjpeg: FF_ENCODER_MJPEG,
} as const;

/**
 * Encodes pictures of one size (even width and height) into a loop: no frame
 * refers to a later one, parameter sets are repeated at each key picture. The
 * coding runs off the event loop; one picture is held at a time.
 * @throws NightglassError `ENVIRONMENT` when this FFmpeg lacks the encoder
 */
export async function encodeFootage(
  pictures: Iterable<RgbImage> | AsyncIterable<RgbImage>,
  options: EncodeFootageOptions,
): Promise<EncodedSource> {
  const codec = options.codec ?? (Codec.findEncoderByName(encoders.h264) ? 'h264' : 'mjpeg');
  const { framesPerSecond } = options;
  const units: AccessUnit[] = [];
  let encoder: Encoder | undefined;
  let size = { width: 0, height: 0 };
  try {
    let index = 0n;
    for await (const picture of pictures) {
      if (encoder === undefined) {
        size = { width: picture.width, height: picture.height };
        encoder = await Encoder.open(codec, size, options);
      }
      await encoder.encode(picture, index, collect);
      index += 1n;
    }
    await encoder?.flush(collect);
  } finally {
    encoder?.[Symbol.dispose]();
  }
  if (units.length === 0) throw new RangeError('Cannot encode footage: there are no pictures');
  return {
    codec,
    ...size,
    framesPerSecond,
    units,
    duration: (units.length * 1000) / framesPerSecond,
  };

  function collect(data: Uint8Array, key: boolean, pts: bigint): void {
    const time = (Number(pts) * 1000) / framesPerSecond;
    units.push({ data, key, time, decodeTime: time });
  }
}

type Collect = (data: Uint8Array, key: boolean, pts: bigint) => void;

class Encoder implements Disposable {
  readonly #context: CodecContext;
  readonly #scaler: SoftwareScaleContext;
  readonly #size: { width: number; height: number };
  readonly #codec: VideoCodec;
  readonly #timeBase: { num: number; den: number };

  private constructor(
    context: CodecContext,
    scaler: SoftwareScaleContext,
    codec: VideoCodec,
    size: { width: number; height: number },
    framesPerSecond: number,
  ) {
    this.#context = context;
    this.#scaler = scaler;
    this.#codec = codec;
    this.#size = size;
    this.#timeBase = { num: 1, den: framesPerSecond };
  }

  static async open(
    codec: VideoCodec,
    size: { width: number; height: number },
    options: EncodeFootageOptions,
  ): Promise<Encoder> {
    const found = Codec.findEncoderByName(encoders[codec]);
    if (!found) {
      throw new NightglassError(
        'ENVIRONMENT',
        `Cannot encode ${codec}: this FFmpeg has no ${encoders[codec]}`,
      );
    }
    const context = new CodecContext();
    context.allocContext3(found);
    context.width = size.width;
    context.height = size.height;
    context.timeBase = new Rational(1, options.framesPerSecond);
    context.framerate = new Rational(options.framesPerSecond, 1);
    context.threadCount = 1;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    if (codec === 'mjpeg') {
      context.colorRange = AVCOL_RANGE_JPEG;
      context.setFlags(AV_CODEC_FLAG_QSCALE);
      context.globalQuality = 4 * 118;
    } else {
      context.gopSize = options.keyInterval ?? options.framesPerSecond;
      context.maxBFrames = 0;
    }
    using settings = Dictionary.fromObject(encoderSettings(codec, options));
    FFmpegError.throwIfError(await context.open2(found, settings), `open ${encoders[codec]}`);
    const scaler = new SoftwareScaleContext();
    scaler.allocContext();
    const scaling = {
      srcw: size.width,
      srch: size.height,
      src_format: AV_PIX_FMT_RGB24,
      dstw: size.width,
      dsth: size.height,
      dst_format: AV_PIX_FMT_YUV420P,
      dst_range: codec === 'mjpeg' ? 1 : 0,
      sws_flags: SWS_BILINEAR,
    };
    for (const [name, value] of Object.entries(scaling)) scaler.setOption(name, value);
    FFmpegError.throwIfError(scaler.initContext(), 'set up colour conversion');
    return new Encoder(context, scaler, codec, size, options.framesPerSecond);
  }

  async encode(picture: RgbImage, index: bigint, collect: Collect): Promise<void> {
    const { width, height } = this.#size;
    if (picture.width !== width || picture.height !== height) {
      throw new RangeError('Cannot encode footage: the pictures differ in size');
    }
    const { buffer, byteOffset, byteLength } = picture.data;
    using source = Frame.fromVideoBuffer(Buffer.from(buffer, byteOffset, byteLength), {
      width,
      height,
      format: AV_PIX_FMT_RGB24,
      timeBase: this.#timeBase,
    });
    using frame = new Frame();
    frame.alloc();
    frame.width = width;
    frame.height = height;
    frame.format = this.#context.pixelFormat;
    FFmpegError.throwIfError(frame.allocBuffer(), 'allocate a frame');
    FFmpegError.throwIfError(await this.#scaler.scaleFrame(frame, source), 'convert a frame');
    frame.pts = index;
    if (this.#codec === 'mjpeg') {
      frame.colorRange = AVCOL_RANGE_JPEG;
      frame.quality = this.#context.globalQuality;
    }
    FFmpegError.throwIfError(await this.#context.sendFrame(frame), 'encode a frame');
    await this.#receive(collect);
  }

  async flush(collect: Collect): Promise<void> {
    await this.#context.sendFrame(null);
    await this.#receive(collect);
  }

  async #receive(collect: Collect): Promise<void> {
    using packet = new Packet();
    packet.alloc();
    // Any negative result ends the round: more input is needed, or all is out.
    while ((await this.#context.receivePacket(packet)) >= 0) {
      if (packet.data !== null)
        collect(Uint8Array.from(packet.data), packet.isKeyframe, packet.pts);
      packet.unref();
    }
  }

  [Symbol.dispose](): void {
    this.#scaler.freeContext();
    this.#context.freeContext();
  }
}

function encoderSettings(codec: VideoCodec, options: EncodeFootageOptions): Record<string, string> {
  const interval = options.keyInterval ?? options.framesPerSecond;
  const common = { preset: 'veryfast', tune: 'zerolatency', crf: String(options.quality ?? 23) };
  const keys = `keyint=${interval}:min-keyint=${interval}:scenecut=0:repeat-headers=1`;
  if (codec === 'h264') return { ...common, 'x264-params': `${keys}:log=-1` };
  if (codec === 'h265') {
    const params = `${keys}:bframes=0:open-gop=0:pools=1:frame-threads=1:log-level=none`;
    return { ...common, preset: 'ultrafast', 'x265-params': params };
  }
  // RTP's JPEG payload format knows only the standard Huffman tables.
  return { huffman: 'default', force_duplicated_matrix: '1' };
}
