import { Worker } from 'node:worker_threads';
import type { Clock } from '../domain/clock.ts';
import type { NightglassError } from '../domain/errors.ts';
import { cameraAccess } from './camera-access.ts';
import type { ClientMessage, ClientStart } from './compatible/client-messages.ts';
import { RtspRelay } from './compatible/relay.ts';
import { DecodingPump } from './decoding-pump.ts';
import { type HardwareDevice, openHardware } from './hardware.ts';
import { Conversation } from './rtsp/conversation.ts';
import { ended, unsupported } from './rtsp/rtsp-errors.ts';
import type { StreamLimits } from './rtsp/stream-limits.ts';
import type { StreamNotes } from './rtsp/stream-notes.ts';
import type { RtspSourceOptions } from './rtsp-source.ts';
import { codecOf } from './video-decoder.ts';
import type { VideoSink, VideoSource } from './video-source.ts';

// Seen from the source and from the built package alike.
const entry = new URL(
  import.meta.url.endsWith('.ts')
    ? './compatible/client-worker.ts'
    : './compatible/client-worker.js',
  import.meta.url,
);
/** Patience with a worker that is to end, milliseconds. */
const endLimit = 2_000;

/**
 * Plays a camera with FFmpeg's own RTSP client, in a worker thread: the second
 * choice, for cameras of which ours gets no picture. A picture comes when the
 * next one begins.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNAUTHORIZED`, `STREAM_UNSUPPORTED`,
 *   `STREAM_ENDED` when `signal` aborts
 */
export async function openCompatible(
  options: RtspSourceOptions,
  sink: VideoSink,
  signal: AbortSignal,
): Promise<VideoSource> {
  const player = new CompatiblePlayer(options, sink, signal);
  const onAbort = () => void player.close();
  signal.addEventListener('abort', onAbort);
  try {
    await player.open();
    return player;
  } catch (error) {
    await player.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

class CompatiblePlayer implements VideoSource {
  readonly #options: RtspSourceOptions;
  readonly #sink: VideoSink;
  readonly #clock: Clock;
  readonly #limits: StreamLimits;
  readonly #notes: StreamNotes;
  readonly #conversation: Conversation;
  readonly #opened = Promise.withResolvers<void>();
  #relay: RtspRelay | null = null;
  #worker: Worker | null = null;
  #exited: Promise<void> = Promise.resolve();
  #pump: DecodingPump | null = null;
  #device: HardwareDevice | null = null;
  #video = {
    codec: 'h264' as ReturnType<typeof codecOf>,
    clockRate: 90_000,
    head: Buffer.alloc(0),
  };
  #isOpen = false;
  #closing = false;
  #why: NightglassError | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: RtspSourceOptions, sink: VideoSink, signal: AbortSignal) {
    this.#options = options;
    this.#sink = sink;
    const access = cameraAccess(options, sink.notes);
    this.#clock = access.clock;
    this.#limits = access.limits;
    this.#notes = access.notes;
    this.#opened.promise.catch(() => undefined);
    this.#conversation = new Conversation(
      {
        ...access,
        throughHttp: options.transport === 'http',
        onData: (channel, payload) => {
          this.#notes.packet(payload.length);
          this.#sink.onLife?.();
          this.#relay?.interleaved(channel, payload);
        },
        onEnd: (why) => this.#end(why),
      },
      signal,
    );
  }

  async open(): Promise<void> {
    const relay = await RtspRelay.open(this.#conversation);
    this.#relay = relay;
    if (this.#closing) throw ended(this.#conversation.url, 'closed by us');
    const start: ClientStart = { url: relay.url, silenceMs: this.#limits.answerMs };
    const worker = new Worker(entry, { workerData: start, name: 'compatible-client' });
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: ClientMessage) => this.#hear(message));
    worker.on('error', () => this.#fail('its client ended unexpectedly'));
    worker.unref();
    await this.#opened.promise;
    this.#isOpen = true;
    const transport = this.#options.transport === 'http' ? 'http' : 'tcp';
    this.#sink.onWay?.({ client: 'compatible', transport });
  }

  close(): Promise<void> {
    this.#closing = true;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#pump?.close();
    this.#opened.reject(ended(this.#conversation.url, 'closed by us'));
    this.#relay?.close();
    await this.#conversation.close();
    const worker = this.#worker;
    const cancel = this.#clock.after(endLimit, () => void worker?.terminate());
    await this.#exited;
    cancel();
    await this.#pump?.idle();
    this.#device?.free();
    this.#device = null;
  }

  #hear(message: ClientMessage): void {
    if (this.#closing) return;
    if (message.type === 'failed') this.#fail(message.why);
    else if (message.type === 'picture') this.#take(message);
    else {
      try {
        this.#begin(message);
        this.#opened.resolve();
      } catch (error) {
        this.#opened.reject(error);
      }
    }
  }

  #begin({ codecId, extraData, clockRate }: Extract<ClientMessage, { type: 'open' }>): void {
    const codec = codecOf(codecId);
    const head = Buffer.from(extraData ?? []);
    this.#video = { codec, clockRate, head };
    this.#options.onAnswer?.();
    this.#device = openHardware(this.#options.hardware ?? false);
    this.#pump = new DecodingPump({
      ...this.#options,
      clock: this.#clock,
      device: this.#device,
      sink: this.#sink,
      notes: this.#notes,
      video: { codec, clockRate, parameterSets: [], extraData: head },
    });
  }

  #take({ data, time, key }: Extract<ClientMessage, { type: 'picture' }>): void {
    const { codec, clockRate, head } = this.#video;
    const arrivedMonotonic = this.#clock.monotonic();
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    // The sets of the description may be all that there are.
    const startsWithSets = codec === 'h264' || codec === 'hevc' || codec === 'mpeg4';
    const picture = {
      codec,
      data: key && startsWithSets && head.length > 0 ? Buffer.concat([head, bytes]) : bytes,
      key,
      damaged: false,
      timestamp: time ?? Math.round((arrivedMonotonic * clockRate) / 1000),
      clockRate,
      arrivedAt: this.#clock.now(),
      arrivedMonotonic,
    };
    this.#sink.onPicture?.(picture);
    this.#pump?.push(picture);
  }

  #fail(why: string): void {
    const { url } = this.#conversation;
    const message = `the compatible client gets no picture either (${why})`;
    this.#end(this.#isOpen ? ended(url, why) : unsupported(url, message, 'Update its firmware.'));
  }

  #end(why: NightglassError): void {
    if (this.#closing || this.#why !== null) return;
    this.#why = why;
    if (this.#isOpen) this.#sink.onEnd(why);
    else this.#opened.reject(why);
  }
}
