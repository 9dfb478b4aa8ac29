import { AV_FRAME_FLAG_CORRUPT, AV_NOPTS_VALUE, AVERROR_EOF } from 'node-av/constants';
import {
  Codec,
  CodecContext,
  FFmpegError,
  FormatContext,
  Frame as NativeFrame,
  Packet,
  type Stream,
} from 'node-av/lib';
import type { Frame } from '../../domain/frame/frame.ts';
import { FrameLedger } from '../../domain/frame/ledger.ts';
import { boundPixels, isBeyondPixelBound } from '../bound-pixels.ts';
import { NativePicture } from '../native-picture.ts';
import { type FootageOptions, type FootagePicture, footageFrames } from './footage.ts';
import { keyBefore } from './key-before.ts';
import { openRecording, unreadable } from './open-recording.ts';
import { askForQuantiser, quantiserOf } from './quantiser.ts';
import { assertIdentity } from './recording-identity.ts';

export interface FilePicturesOptions
  extends Pick<FootageOptions, 'cameraId' | 'ledger' | 'signal'> {
  readonly path: string;
  /** Decoder threads; default 1. */
  readonly threads?: number;
  /**
   * Media time from which on pictures are given, milliseconds; default 0. Those from the key picture
   * before it on are decoded, and the very first one, from which times count.
   */
  readonly from?: number;
  /** Key pictures alone: those between them are not decoded. */
  readonly keysOnly?: boolean;
  /**
   * Reads and decodes on the calling thread, which is held meanwhile: a third less time a small
   * picture. For threads that do nothing else.
   */
  readonly holdsThread?: boolean;
  /** Which file it must be, see `identityOf`; default: whatever stands there. */
  readonly identity?: string | undefined;
  /** Told once of what the file says of its video. */
  readonly onStream?: (facts: FileFacts) => void;
  /**
   * Told of the first picture, from which media time counts: its time, seconds of the file's own
   * clock; null where it has none.
   */
  readonly onFirst?: (seconds: number | null) => void;
  /** Told of each part of the file that was read; waited for, where it returns something to wait for. */
  readonly onPacket?: (() => Promise<void> | undefined) | undefined;
  /** Told of each picture's mean quantiser, where the decoder tells it (`quantiserOf`). */
  readonly onQuantiser?: (quantiser: number) => void;
}

/** What a file says of its video; null where it does not. */
export interface FileFacts {
  readonly seconds: number | null;
  readonly frameRate: number | null;
  /** Bits that a pixel of a picture takes on the mean. */
  readonly bitsPerPixel: number | null;
}

export type FileSourceOptions = FilePicturesOptions & FootageOptions;

/** Damaged packets in a row after which a file counts as over. */
export const maxReadErrors = 100;

/**
 * The frames of a video file. What cannot be decoded counts as a `decode_error`.
 * @throws NightglassError `STREAM_UNREACHABLE` when the file cannot be opened,
 *   `STREAM_UNSUPPORTED` when it holds no video that can be decoded, or pictures beyond `pixelBound`,
 *   `CONFLICT` when it is another file than was meant
 */
export function openFile(options: FileSourceOptions): AsyncGenerator<Frame, void, undefined> {
  return footageFrames(readPictures(options), options);
}

/** The pictures of a video file, as `openFile` gives them; whoever asks for one owns it. */
export async function* readPictures(options: FilePicturesOptions): AsyncGenerator<FootagePicture> {
  const { holdsThread: held = false } = options;
  const input = new FormatContext();
  const packet = new Packet();
  packet.alloc();
  let decoder: CodecContext | null = null;
  try {
    const stream = await openRecording(input, options.path, options.identity);
    options.onStream?.(factsOf(input, stream));
    decoder = await openDecoder(stream, options);
    let errors = 0;
    const times = new Times(stream, options.onFirst);
    const way = new WayToStart(stream, times, options);
    for (;;) {
      if (options.signal?.aborted) return;
      const pause = options.onPacket?.();
      if (pause !== undefined) await pause;
      const read = held ? input.readFrameSync(packet) : await input.readFrame(packet);
      if (read < 0) errors += 1;
      const over = read === AVERROR_EOF || errors > maxReadErrors;
      if (read < 0 && !over) continue;
      if (!over && packet.streamIndex !== stream.index) {
        packet.unref();
        continue;
      }
      if (!over && ((await way.leavesOut(decoder)) || isBetweenKeys(packet, options))) {
        times.skip(packet);
        packet.unref();
        continue;
      }
      const coded = over ? null : packet;
      const sent = held ? decoder.sendPacketSync(coded) : await decoder.sendPacket(coded);
      packet.unref();
      if (sent < 0 && !over) options.ledger.drop(options.cameraId, 'decode_error');
      yield* drain(decoder, times, options);
      if (!over) continue;
      // What was written to it meanwhile is not what was hashed.
      if (options.identity !== undefined) {
        await assertIdentity(options.path, options.identity);
      }
      return;
    }
  } finally {
    decoder?.freeContext();
    packet.free();
    await input.closeInput();
  }
}

/**
 * The time of the first picture, from which media time counts, seconds of the file's own clock; null
 * where pictures have no times.
 * @throws NightglassError as `openFile`
 */
export async function firstStamp(
  path: string,
  { identity, signal }: Pick<FilePicturesOptions, 'identity'> & { readonly signal?: AbortSignal },
): Promise<number | null> {
  let first: number | null | undefined;
  const onFirst = (seconds: number | null) => {
    first = seconds;
  };
  const pictures = readPictures({
    ...{ path, identity, onFirst, cameraId: 'first', ledger: new FrameLedger() },
    ...(signal && { signal }),
  });
  for await (const { picture } of pictures) {
    picture.dispose();
    break;
  }
  signal?.throwIfAborted();
  if (first !== undefined) return first;
  throw unreadable('STREAM_UNSUPPORTED', path, 'none of its pictures can be decoded');
}

function isBetweenKeys(packet: Packet, { keysOnly }: FilePicturesOptions): boolean {
  return keysOnly === true && !packet.isKeyframe;
}

/** Leaves out what comes between the first picture and the key picture from which reading starts. */
class WayToStart {
  readonly #stream: Stream;
  readonly #times: Times;
  readonly #options: FilePicturesOptions;
  #count = 0;
  /** Number of the picture to start with; null until the first one was decoded. */
  #start: number | null;

  constructor(stream: Stream, times: Times, options: FilePicturesOptions) {
    this.#stream = stream;
    this.#times = times;
    this.#options = options;
    this.#start = (options.from ?? 0) > 0 ? null : 0;
  }

  /** Whether the picture that was read is not to be decoded. */
  async leavesOut(decoder: CodecContext): Promise<boolean> {
    const number = this.#count;
    this.#count += 1;
    if (this.#start === null) {
      const time = this.#times.ticksAt(this.#options.from ?? 0);
      if (time === null) return false;
      const { path, identity, signal, onPacket } = this.#options;
      this.#start = await keyBefore(path, this.#stream.index, time, { identity, signal, onPacket });
    }
    if (number === this.#start && number > 0) decoder.flushBuffers();
    return number < this.#start;
  }
}

function factsOf(input: FormatContext, stream: Stream): FileFacts {
  const { num, den } = stream.avgFrameRate;
  const frameRate = num > 0 && den > 0 ? num / den : null;
  const { width, height } = stream.codecpar;
  const bitRate = Number(stream.codecpar.bitRate) || Number(input.bitRate);
  const pixelRate = (frameRate ?? 0) * width * height;
  const duration = Number(input.duration);
  return {
    // FFmpeg counts in microseconds.
    seconds: duration > 0 ? duration / 1e6 : null,
    frameRate,
    bitsPerPixel: bitRate > 0 && pixelRate > 0 ? bitRate / pixelRate : null,
  };
}

async function* drain(
  decoder: CodecContext,
  times: Times,
  options: FilePicturesOptions,
): AsyncGenerator<FootagePicture> {
  for (;;) {
    const frame = new NativeFrame();
    frame.alloc();
    // With one thread decoding happened in sendPacket: this only hands the result over.
    const received =
      options.holdsThread || decoder.threadCount === 1
        ? decoder.receiveFrameSync(frame)
        : await decoder.receiveFrame(frame);
    if (received < 0) {
      frame.free();
      return;
    }
    const mediaTime = times.of(frame);
    if (mediaTime < (options.from ?? 0)) {
      frame.free();
      continue;
    }
    if (frame.decodeErrorFlags !== 0 || frame.hasFlags(AV_FRAME_FLAG_CORRUPT)) {
      frame.free();
      options.ledger.drop(options.cameraId, 'decode_error');
      continue;
    }
    const quantiser = options.onQuantiser === undefined ? null : quantiserOf(frame);
    if (quantiser !== null) options.onQuantiser?.(quantiser);
    yield { picture: NativePicture.create(frame), mediaTime };
  }
}

async function openDecoder(stream: Stream, options: FilePicturesOptions): Promise<CodecContext> {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null) {
    throw unreadable('STREAM_UNSUPPORTED', options.path, 'nothing here decodes its video');
  }
  const { width, height } = stream.codecpar;
  if (isBeyondPixelBound(stream.codecpar)) {
    const why = `pictures of ${width}x${height} are too large`;
    throw unreadable('STREAM_UNSUPPORTED', options.path, why);
  }
  const context = new CodecContext();
  context.allocContext3(codec);
  boundPixels(context);
  context.parametersToContext(stream.codecpar);
  context.pktTimebase = stream.timeBase;
  context.threadCount = options.threads ?? 1;
  if (options.onQuantiser !== undefined) askForQuantiser(context);
  const result = await context.open2(codec);
  if (result >= 0) return context;
  context.freeContext();
  throw unreadable('STREAM_UNSUPPORTED', options.path, FFmpegError.strerror(result));
}

/** Media times from the first frame on, in milliseconds, never going back. */
class Times {
  readonly #tick: number;
  readonly #interval: number;
  readonly #onFirst: FilePicturesOptions['onFirst'];
  #first: number | null = null;
  #last = 0;
  #skipped = 0;
  #stamped = false;

  constructor(stream: Stream, onFirst: FilePicturesOptions['onFirst']) {
    this.#onFirst = onFirst;
    this.#tick = (stream.timeBase.num * 1000) / stream.timeBase.den;
    const { num, den } = stream.avgFrameRate;
    this.#interval = num > 0 && den > 0 ? (den * 1000) / num : 40;
  }

  /** The time stamp of a media time; null before the first picture, and where pictures have none. */
  ticksAt(mediaTime: number): number | null {
    return this.#first === null || !this.#stamped ? null : (this.#first + mediaTime) / this.#tick;
  }

  /** A picture that is not decoded. */
  skip({ pts, dts }: Packet): void {
    if (pts === AV_NOPTS_VALUE && dts === AV_NOPTS_VALUE) this.#skipped += 1;
  }

  of(frame: NativeFrame): number {
    const stamp = frame.bestEffortTimestamp;
    const time = stamp === AV_NOPTS_VALUE ? null : Number(stamp) * this.#tick;
    this.#stamped = time !== null;
    if (this.#first === null) {
      this.#first = time ?? 0;
      this.#onFirst?.(time === null ? null : time / 1_000);
      return 0;
    }
    const since = this.#interval * (1 + this.#skipped);
    this.#skipped = 0;
    const next = time === null ? this.#last + since : time - this.#first;
    this.#last = Math.max(next, this.#last);
    return this.#last;
  }
}
