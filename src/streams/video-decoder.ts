import { LRUCache } from 'lru-cache';
import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H263,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_MPEG2VIDEO,
  AV_CODEC_ID_MPEG4,
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_FRAME_FLAG_CORRUPT,
  AV_PKT_FLAG_KEY,
  type AVCodecID,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Packet, Rational } from 'node-av/lib';
import { NightglassError } from '../domain/errors.ts';
import { type HardwareDevice, hardwareFormat, hardwareName } from './hardware.ts';
import type { EncodedPicture } from './rtsp/encoded-picture.ts';
import type { DecodedCodec } from './rtsp/sdp.ts';
import './ffmpeg/ffmpeg-log.ts';

const codecIds: Readonly<Record<DecodedCodec, AVCodecID>> = {
  h264: AV_CODEC_ID_H264,
  hevc: AV_CODEC_ID_HEVC,
  mjpeg: AV_CODEC_ID_MJPEG,
  mpeg4: AV_CODEC_ID_MPEG4,
  mpeg2: AV_CODEC_ID_MPEG2VIDEO,
  h263: AV_CODEC_ID_H263,
  vp8: AV_CODEC_ID_VP8,
  vp9: AV_CODEC_ID_VP9,
  av1: AV_CODEC_ID_AV1,
};

/** Our name of a codec that FFmpeg numbers. @throws NightglassError `STREAM_UNSUPPORTED` */
export function codecOf(id: number): DecodedCodec {
  const found = Object.entries(codecIds).find(([, known]) => known === id)?.[0];
  if (found !== undefined) return found as DecodedCodec;
  throw new NightglassError(
    'STREAM_UNSUPPORTED',
    'Cannot decode this stream: its codec is not known',
  );
}

const startCode = Buffer.from([0, 0, 0, 1]);

/** A decoded frame, with the times of the coded picture that it came from. */
export interface DecodedFrame {
  /** Owned by the receiver. */
  readonly frame: Frame;
  /** The picture that it was decoded from; `null` if the decoder made the frame up. */
  readonly from: EncodedPicture | null;
  /** False when the decoder had to conceal what was missing. */
  readonly intact: boolean;
}

/** Decodes one camera's pictures with one thread, without holding frames back. */
export class VideoDecoder {
  /** The kind of device that may decode; `software` where none can. */
  readonly device: string;
  readonly #context: CodecContext;
  readonly #packet: Packet;
  /**
   * Pictures in the decoder by number, oldest first. The number travels as time
   * stamp, since a camera's own stamps may repeat or jump.
   */
  // Pictures that never come out (lost, refused) must not pile up.
  readonly #inside = new LRUCache<bigint, EncodedPicture>({ max: 64 });
  #number = 0n;
  #busy = false;
  #closed = false;

  private constructor(context: CodecContext, device: string) {
    this.device = device;
    this.#context = context;
    this.#packet = new Packet();
    this.#packet.alloc();
  }

  /**
   * @param parameterSets sets known before the first picture, without start codes
   * @throws NightglassError `STREAM_UNSUPPORTED` when FFmpeg lacks the decoder
   */
  static create(
    codec: DecodedCodec,
    options: {
      parameterSets?: readonly Buffer[];
      /** What the codec wants to know first, as FFmpeg has it; instead of parameter sets. */
      extraData?: Buffer;
      clockRate: number;
      device?: HardwareDevice | null;
    },
  ): VideoDecoder {
    const decoder = Codec.findDecoder(codecIds[codec]);
    const context = new CodecContext();
    context.allocContext3(decoder);
    context.threadCount = 1;
    context.pktTimebase = new Rational(1, options.clockRate);
    context.setFlags(AV_CODEC_FLAG_LOW_DELAY);
    const sets = options.parameterSets ?? [];
    if (sets.length > 0) {
      context.extraData = Buffer.concat(sets.flatMap((set) => [startCode, set]));
    } else if (options.extraData && options.extraData.length > 0)
      context.extraData = options.extraData;
    const format = options.device && decoder ? hardwareFormat(decoder, options.device) : null;
    let device = 'software';
    if (options.device && format !== null) {
      device = hardwareName(options.device);
      context.hwDeviceCtx = options.device;
      context.setHardwarePixelFormat(format);
    }
    const result = context.open2Sync(decoder);
    if (decoder === null || result < 0) {
      context.freeContext();
      throw new NightglassError(
        'STREAM_UNSUPPORTED',
        `Cannot decode ${codec}: ${FFmpegError.strerror(result)}`,
      );
    }
    return new VideoDecoder(context, device);
  }

  /**
   * Decodes one picture off the event loop. One call at a time.
   * @returns the frames that are ready, and whether the decoder refused the data
   */
  async decode(picture: EncodedPicture): Promise<{ frames: DecodedFrame[]; refused: boolean }> {
    if (this.#busy || this.#closed)
      throw new TypeError('Cannot decode: the decoder is busy or closed');
    const packet = this.#packet;
    this.#number += 1n;
    const number = this.#number;
    this.#busy = true;
    try {
      packet.data = picture.data;
      packet.pts = number;
      packet.dts = number;
      if (picture.key) packet.setFlags(AV_PKT_FLAG_KEY);
      this.#inside.set(number, picture);
      const result = await this.#context.sendPacket(packet);
      packet.unref();
      const frames = this.#closed ? [] : this.#receive();
      return { frames, refused: result < 0 };
    } finally {
      this.#busy = false;
      if (this.#closed) this.#free();
    }
  }

  /** Frees the decoder, after a picture in work. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#busy) this.#free();
  }

  #receive(): DecodedFrame[] {
    const frames: DecodedFrame[] = [];
    for (;;) {
      const frame = new Frame();
      frame.alloc();
      // Decoding happened in sendPacket: this only hands the result over.
      if (this.#context.receiveFrameSync(frame) < 0) {
        frame.free();
        return frames;
      }
      const from = this.#take(frame.pts);
      const intact = frame.decodeErrorFlags === 0 && !frame.hasFlags(AV_FRAME_FLAG_CORRUPT);
      frames.push({ frame, from, intact });
    }
  }

  #take(number: bigint): EncodedPicture | null {
    const picture = this.#inside.get(number) ?? null;
    this.#inside.delete(number);
    return picture;
  }

  #free(): void {
    this.#inside.clear();
    this.#packet.free();
    this.#context.freeContext();
  }
}
