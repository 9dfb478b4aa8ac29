import { AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, Packet, Rational } from 'node-av/lib';
import type { NewClip } from '../../domain/clip.ts';
import { NightglassError } from '../../domain/errors.ts';
import { makeClip } from '../clips/make-clip.ts';
import { clipClock } from '../clips/mp4/clip-times.ts';
import { frameFromBytes } from '../native-frame.ts';
import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import { upright } from '../shape/orientation.ts';
import { shownPictures } from './shown-pictures.ts';

/** Size of a picture, and its values: all of Y, then U, then V at half of each side. */
export interface YuvPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Pictures from one key picture to the next. */
const keyInterval = 50;

/**
 * A clip coded again, after `draw` has changed what it wants to in each picture. Upright whatever
 * the camera sent, without the track of boxes, H.264.
 * @param draw changes the values in place; told when the picture is shown, milliseconds
 * @throws NightglassError `STREAM_UNSUPPORTED` where it cannot be decoded, `ENVIRONMENT` where this
 *   FFmpeg has no encoder
 */
export async function redrawClip(
  file: Buffer,
  draw: (picture: YuvPicture, time: number) => void,
): Promise<Generator<void, NewClip | string>> {
  const pictures: EncodedPicture[] = [];
  let encoder: Encoder | undefined;
  try {
    for await (const { frame, time } of shownPictures(file)) {
      const { width, height } = frame;
      let data: Buffer;
      try {
        data = frame.toBuffer();
      } finally {
        frame.free();
      }
      encoder ??= await Encoder.open({ width, height });
      draw({ width, height, data }, time);
      pictures.push(...(await encoder.encode(data, time)));
    }
    if (encoder === undefined) {
      throw new NightglassError('STREAM_UNSUPPORTED', 'Cannot read the clip: it has no pictures');
    }
    pictures.push(...(await encoder.rest()));
    const { size } = encoder;
    return makeClip(
      {
        ...{ place: { alertId: '', appearance: 0 }, cameraId: '', trackId: '', faces: [], size },
        ...{ pictures, from: 0, until: Number.POSITIVE_INFINITY, cut: null },
      },
      upright,
    );
  } finally {
    encoder?.close();
  }
}

class Encoder {
  readonly #context: CodecContext;
  readonly size: { readonly width: number; readonly height: number };

  private constructor(context: CodecContext, size: Encoder['size']) {
    this.#context = context;
    this.size = size;
  }

  static async open(size: Encoder['size']): Promise<Encoder> {
    const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
    if (codec === null) {
      throw new NightglassError('ENVIRONMENT', 'Cannot code a clip: this FFmpeg has no libx264');
    }
    const context = new CodecContext();
    context.allocContext3(codec);
    context.width = size.width;
    context.height = size.height;
    context.timeBase = new Rational(1, clipClock);
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    context.gopSize = keyInterval;
    context.maxBFrames = 0;
    context.threadCount = 1;
    using settings = Dictionary.fromObject({
      ...{ preset: 'veryfast', crf: '21' },
      'x264-params': 'repeat-headers=1:log=-1',
    });
    FFmpegError.throwIfError(await context.open2(codec, settings), 'open libx264');
    return new Encoder(context, size);
  }

  async encode(data: Uint8Array, time: number): Promise<EncodedPicture[]> {
    const frame = frameFromBytes(data, { ...this.size, format: AV_PIX_FMT_YUV420P });
    try {
      frame.pts = BigInt(Math.round((time * clipClock) / 1000));
      FFmpegError.throwIfError(await this.#context.sendFrame(frame), 'code a picture');
    } finally {
      frame.free();
    }
    return this.#received();
  }

  async rest(): Promise<EncodedPicture[]> {
    await this.#context.sendFrame(null);
    return this.#received();
  }

  async #received(): Promise<EncodedPicture[]> {
    using packet = new Packet();
    packet.alloc();
    const found: EncodedPicture[] = [];
    while ((await this.#context.receivePacket(packet)) >= 0) {
      const time = (Number(packet.pts) * 1000) / clipClock;
      found.push({
        ...{ codec: 'h264', data: Buffer.from(packet.data ?? []), key: packet.isKeyframe },
        ...{ damaged: false, timestamp: Number(packet.pts), clockRate: clipClock },
        ...{ arrivedAt: Math.round(time), arrivedMonotonic: time },
      });
      packet.unref();
    }
    return found;
  }

  close(): void {
    this.#context.freeContext();
  }
}
