import { Demuxer, FilterAPI } from 'node-av/api';
import { AV_FRAME_FLAG_CORRUPT, AV_NOPTS_VALUE } from 'node-av/constants';
import { Codec, CodecContext, Frame, type Stream } from 'node-av/lib';
import { NightglassError } from '../../domain/errors.ts';
import { boundPixels, isBeyondPixelBound } from '../bound-pixels.ts';
import { orientationOf, upright } from '../shape/orientation.ts';
import { shapeFilters } from '../shape/shape-filters.ts';
import '../ffmpeg/ffmpeg-log.ts';

/** A picture of a video; whoever gets it frees `frame`. */
export interface ShownPicture {
  /** As it is meant to be seen: upright, progressive, YUV 4:2:0 of eight bits, even sides. */
  readonly frame: Frame;
  /** Milliseconds from the first picture. */
  readonly time: number;
  /** Part of it was lost, and what stands there is the decoder's guess: another one shows another. */
  readonly isGuessed: boolean;
}

/** What makes of any shape one that every encoder takes; a column or row too many is cut off. */
const plainShape = ['format=yuv420p', 'crop=floor(iw/2)*2:floor(ih/2)*2:0:0'];

/**
 * The pictures of a video file in memory, in the order in which they are shown.
 * @throws NightglassError `STREAM_UNSUPPORTED` where it cannot be decoded; at the end, where some of
 *   its pictures could not: who needs all of them has not seen all of them
 */
export async function* shownPictures(file: Buffer): AsyncGenerator<ShownPicture> {
  await using input = await Demuxer.open(file).catch((cause: unknown) => {
    throw unsupported(cause);
  });
  const stream = input.video();
  if (stream === undefined) throw unsupported();
  const decoder = await openDecoder(stream);
  const shaper = new Shaper(stream);
  let coded = 0;
  try {
    for await (const packet of input.packets(stream.index)) {
      if (packet === null) break;
      coded += 1;
      await decoder.sendPacket(packet);
      packet.free();
      yield* decoded(decoder, shaper);
    }
    await decoder.sendPacket(null);
    yield* decoded(decoder, shaper);
    yield* shaper.rest();
    // A player may show what was not decoded here.
    if (shaper.shown < Math.max(coded, 1)) throw incomplete(shaper.shown, coded);
  } finally {
    shaper.close();
    decoder.freeContext();
  }
}

async function* decoded(decoder: CodecContext, shaper: Shaper): AsyncGenerator<ShownPicture> {
  for (;;) {
    const frame = new Frame();
    frame.alloc();
    if ((await decoder.receiveFrame(frame)) < 0) {
      frame.free();
      return;
    }
    yield* shaper.shape(frame);
  }
}

/** Brings decoded frames into one shape, and tells when each is shown. */
class Shaper {
  readonly #timeBase: { readonly num: number; readonly den: number };
  #graph: FilterAPI | undefined;
  #first: number | undefined;
  #shown = 0;
  /** Of the pictures on their way through the filters, which give as many as they take. */
  readonly #guessed: boolean[] = [];

  constructor({ timeBase }: Stream) {
    this.#timeBase = { num: timeBase.num, den: timeBase.den };
  }

  /** Pictures that have come out. */
  get shown(): number {
    return this.#shown;
  }

  async *shape(frame: Frame): AsyncGenerator<ShownPicture> {
    try {
      if (frame.pts === AV_NOPTS_VALUE) frame.pts = frame.bestEffortTimestamp;
      this.#graph ??= FilterAPI.create(
        [
          ...shapeFilters(frame, orientationOf(frame) ?? upright, { ...upright, masks: [] }),
          ...plainShape,
        ].join(),
      );
      frame.timeBase = this.#timeBase as Frame['timeBase'];
      this.#guessed.push(frame.decodeErrorFlags !== 0 || frame.hasFlags(AV_FRAME_FLAG_CORRUPT));
      await this.#graph.process(frame);
    } catch (cause) {
      throw unsupported(cause);
    } finally {
      frame.free();
    }
    yield* this.#received();
  }

  async *rest(): AsyncGenerator<ShownPicture> {
    await this.#graph?.flush();
    yield* this.#received();
  }

  async *#received(): AsyncGenerator<ShownPicture> {
    for (;;) {
      const frame = await this.#graph?.receive();
      if (!(frame instanceof Frame)) return;
      const time = (Number(frame.pts) * 1000 * this.#timeBase.num) / this.#timeBase.den;
      this.#first ??= time;
      this.#shown += 1;
      yield { frame, time: time - this.#first, isGuessed: this.#guessed.shift() ?? false };
    }
  }

  close(): void {
    this.#graph?.close();
  }
}

async function openDecoder({ codecpar, timeBase }: Stream): Promise<CodecContext> {
  const codec = Codec.findDecoder(codecpar.codecId);
  if (codec === null) throw unsupported();
  if (isBeyondPixelBound(codecpar)) throw tooLarge(codecpar);
  const context = new CodecContext();
  context.allocContext3(codec);
  boundPixels(context);
  context.parametersToContext(codecpar);
  context.pktTimebase = timeBase;
  context.threadCount = 1;
  if ((await context.open2(codec)) >= 0) return context;
  context.freeContext();
  throw unsupported();
}

function incomplete(shown: number, coded: number): NightglassError {
  return new NightglassError(
    'STREAM_UNSUPPORTED',
    `Cannot read the clip: of its ${coded} pictures ${shown} can be decoded`,
  );
}

function tooLarge({ width, height }: Stream['codecpar']): NightglassError {
  return new NightglassError(
    'STREAM_UNSUPPORTED',
    `Cannot read the clip: pictures of ${width}x${height} are too large`,
  );
}

function unsupported(cause?: unknown): NightglassError {
  return new NightglassError('STREAM_UNSUPPORTED', 'Cannot read the clip: nothing decodes it', {
    cause,
  });
}
