import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Clock } from '../../domain/clock.ts';
import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import type { DecodedCodec } from '../rtsp/sdp.ts';
import { type PictureView, viewFilters } from '../shape/picture-view.ts';
import { matroskaHead, matroskaPicture } from './matroska-writer.ts';
import { previewCoding, previewScale } from './preview-coding.ts';

interface Muxer {
  readonly stream: ChildProcess;
  on(event: 'mpeg1data', listener: (chunk: Buffer) => void): this;
  on(event: 'ffmpegStderr', listener: (chunk: Buffer) => void): this;
}
interface MuxerOptions {
  readonly url: string;
  readonly ffmpegPath: string;
  readonly ffmpegOptions: Readonly<Record<string, string>>;
}
/** Only the muxer: the package's server opens an unguarded port and shows the camera's URL to `ps`. */
const Mpeg1Muxer = createRequire(import.meta.url)('node-rtsp-stream/mpeg1muxer') as {
  readonly prototype: Muxer;
  call(muxer: Muxer, options: MuxerOptions): void;
};

/** The muxer with its child. Throws where the system can make no process or no pipes for it. */
function startMuxer(options: MuxerOptions): Muxer {
  const muxer: Muxer = Object.create(Mpeg1Muxer.prototype);
  try {
    Mpeg1Muxer.call(muxer, options);
  } catch (cause) {
    // The child lacks its pipes and soon tells why; an event that nobody hears ends the process.
    (muxer.stream as ChildProcess | undefined)?.on('error', () => undefined);
    throw new Error('the encoder could not be started', { cause });
  }
  return muxer;
}

/** Coded pictures that may wait for the encoder, in bytes. */
const maxWaiting = 4 * 1024 * 1024;
const patience = 1_000;
/**
 * Times in MPEG-TS are wall time modulo this, milliseconds: 33 bits at 90 kHz.
 * By them a viewer knows which analysed frame a picture belongs to.
 */
export const streamTimeSpan = 2 ** 33 / 90;

export interface Mpeg1EncoderOptions {
  /** Takes ffmpeg's arguments. */
  readonly programPath: string;
  readonly video: { readonly codec: DecodedCodec; readonly width: number; readonly height: number };
  readonly view: PictureView;
  readonly clock: Clock;
  readonly onChunk: (chunk: Buffer) => void;
  /** The program ended without having been asked to; with its last words. */
  readonly onExit: (words: string) => void;
}

/** Turns a camera's coded pictures into MPEG-1 in MPEG-TS, in a child process that reads a pipe. */
export class Mpeg1Encoder {
  readonly #options: Mpeg1EncoderOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #origin: number | null = null;
  #needsKey = true;
  #closing = false;
  #words = '';

  constructor(options: Mpeg1EncoderOptions) {
    this.#options = options;
    const muxer = startMuxer({
      url: 'pipe:0',
      ffmpegPath: options.programPath,
      ffmpegOptions: encoderFlags(options.view),
    });
    const child = muxer.stream;
    // The muxer's own listener writes to the console.
    child.removeAllListeners('exit');
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      const gone = () => {
        resolve();
        if (!this.#closing) options.onExit(this.#words);
        this.#closing = true;
      };
      child.once('exit', gone);
      child.on('error', (error) => {
        this.#words += error.message;
        gone();
      });
    });
    // A pipe to a program that has ended breaks: its exit is what counts.
    child.stdin?.on('error', () => undefined);
    muxer.on('mpeg1data', (chunk) => {
      if (!this.#closing) options.onChunk(chunk);
    });
    muxer.on('ffmpegStderr', (chunk) => {
      this.#words = (this.#words + chunk.toString('utf8')).slice(-500);
    });
    child.stdin?.write(matroskaHead(options.video));
  }

  /** Pictures before the first key picture, and those that the encoder has no time for, are left out. */
  push(picture: EncodedPicture): void {
    const input = this.#child.stdin;
    if (this.#closing || !input) return;
    if (input.writableLength > maxWaiting) this.#needsKey = true;
    if (this.#needsKey && !(picture.key && input.writableLength < maxWaiting)) return;
    this.#needsKey = false;
    // Wall time at the first picture; from there on by the clock that nobody sets.
    this.#origin ??= (picture.arrivedAt % streamTimeSpan) - picture.arrivedMonotonic;
    const { data, key, arrivedMonotonic } = picture;
    input.write(matroskaPicture({ data, key, time: this.#origin + arrivedMonotonic }));
  }

  /** Ends the child process, by force if it must be. Idempotent. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#child.stdin?.destroy();
    this.#child.kill('SIGTERM');
    const cancel = this.#options.clock.after(patience, () => this.#child.kill('SIGKILL'));
    await this.#exited;
    cancel();
  }
}

/** Arguments for an ffmpeg program that is configured; the product's own encoder reads none. */
function encoderFlags(view: PictureView): Record<string, string> {
  return {
    // Times go through as they are.
    '-copyts': '',
    '-an': '',
    '-nostats': '',
    '-loglevel': 'error',
    '-vf': [...viewFilters(view), previewScale].join(),
    '-r': `${previewCoding.rate}`,
    '-vsync': 'vfr',
    '-threads': '1',
    '-b:v': `${previewCoding.bitRate}`,
    '-maxrate': `${previewCoding.maxBitRate}`,
    '-bufsize': `${previewCoding.bufferBits}`,
    '-g': `${previewCoding.keyEvery}`,
    '-bf': '0',
    '-muxdelay': '0',
    '-muxpreload': '0',
    '-flush_packets': '1',
    '-mpegts_flags': 'pat_pmt_at_frames',
  };
}
