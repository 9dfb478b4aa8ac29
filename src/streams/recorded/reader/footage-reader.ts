import { Worker } from 'node:worker_threads';
import { footageBounds } from '../../../domain/bounds.ts';
import { type Clock, systemClock } from '../../../domain/clock.ts';
import { NightglassError } from '../../../domain/errors.ts';
import type { LumaImage, RgbImage } from '../../../domain/image/image.ts';
import type { FootagePicture } from '../footage.ts';
import { unreadable } from '../open-recording.ts';
import type {
  CarriedError,
  FromReader,
  Passed,
  PictureAsked,
  ReadingOrder,
  ToReader,
} from './reader-messages.ts';
import { type PictureHolder, RemotePicture } from './remote-picture.ts';
import { SilenceWatch } from './silence-watch.ts';

// Seen from the source and from the built package alike.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js',
  import.meta.url,
);
export interface ReadingOptions extends ReadingOrder {
  readonly signal?: AbortSignal;
  /** Told of the end of a file that was read to its end: what came after the last picture given. */
  readonly onEnd?: (passed: Passed, mediaTime: number) => void;
}

/** A picture, and what was gone through from the one before on, this one included. */
export interface ReadPicture extends FootagePicture {
  readonly passed: Passed;
}

type Over = Extract<FromReader, { type: 'over' }>;

/** One file that is read. */
interface Reading {
  readonly id: number;
  readonly path: string;
  readonly ready: ReadPicture[];
  over: Over | null;
  wake: (() => void) | null;
}

/** Why the thread reads nothing more. */
interface Lost {
  readonly code: 'STREAM_UNREACHABLE' | 'STREAM_UNSUPPORTED';
  readonly why: string;
}

interface Call {
  resolve(image: RgbImage | LumaImage | Uint8Array): void;
  reject(error: unknown): void;
}

/**
 * Reads video files in a thread of its own, one after the other: decodes ahead of whoever looks at
 * the pictures, which stay where they were decoded and are scaled there. A thread that gives no sign
 * for `footageBounds.silenceMs` while somebody waits for it is given up, with all that it held.
 */
export class FootageReader implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #clock: Clock;
  readonly #watch: SilenceWatch;
  readonly #calls = new Map<number, Call>();
  readonly #holder: PictureHolder = {
    ask: (id, asked) => this.#ask(id, asked),
    free: (id) => this.#tell({ type: 'free', id }),
  };
  #reading: Reading | null = null;
  #nextReading = 1;
  #nextCall = 1;
  #lost: Lost | null = null;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.#watch = new SilenceWatch({
      ...{ clock, ms: footageBounds.silenceMs, ask: () => this.#tell({ type: 'ping' }) },
      onSilent: () => this.#fail({ code: 'STREAM_UNREACHABLE', why: 'the disk does not answer' }),
    });
    this.#worker = new Worker(entry, { name: 'footage-reader', env: {} });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('message', (message: FromReader) => this.#hear(message));
    this.#worker.on('error', ({ message }: Error) =>
      this.#fail({ code: 'STREAM_UNSUPPORTED', why: message }),
    );
    this.#worker.once('exit', () =>
      this.#fail({ code: 'STREAM_UNSUPPORTED', why: 'its thread ended' }),
    );
  }

  /** Whether its thread is gone: it reads nothing more. */
  get isLost(): boolean {
    return this.#lost !== null;
  }

  /**
   * The pictures of a file; whoever asks for one owns it. One file at a time.
   * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`, `CONFLICT`
   */
  async *read(options: ReadingOptions): AsyncGenerator<ReadPicture, void, undefined> {
    if (this.#reading !== null)
      throw new TypeError('Cannot read a file: another one is being read');
    const { signal, onEnd: _, ...order } = options;
    const reading: Reading = {
      id: this.#nextReading,
      path: order.path,
      ready: [],
      over: null,
      wake: null,
    };
    this.#nextReading += 1;
    if (this.#lost !== null) throw lostError(reading.path, this.#lost);
    this.#reading = reading;
    const wake = () => reading.wake?.();
    signal?.addEventListener('abort', wake);
    this.#tell({ type: 'read', reading: reading.id, order });
    try {
      while (!signal?.aborted) {
        const next = reading.ready.shift();
        if (next !== undefined) {
          yield next;
          continue;
        }
        if (reading.over !== null) break;
        await this.#watch.during(something(reading));
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      await this.#end(reading);
    }
    if (reading.over !== null && !signal?.aborted) finish(reading.over, options);
  }

  /**
   * Ends the thread, waiting `footageBounds.endMs` for it. One that hangs in native code is not ended
   * by force, which would end the program with it: it ends as soon as the disk answers. Idempotent.
   * @throws NightglassError `FOOTAGE_STALLED` where it does not end in time
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch.close();
    this.#tell({ type: 'close' });
    if (await this.#within(this.#exited)) return;
    this.#worker.unref();
    throw new NightglassError(
      'FOOTAGE_STALLED',
      'Cannot go on with footage: a thread that reads it hangs in the disk',
      { hint: 'See whether the disk answers; the thread ends when it does.' },
    );
  }

  /** Stops the reading, and waits for its end; a thread that does not stop is given up. */
  async #end(reading: Reading): Promise<void> {
    if (reading.over === null) {
      this.#tell({ type: 'stop', reading: reading.id });
      const ended = async () => {
        while (reading.over === null) {
          for (const { picture } of reading.ready.splice(0)) picture.dispose();
          await something(reading);
        }
      };
      if (!(await this.#within(ended()))) {
        this.#fail({ code: 'STREAM_UNREACHABLE', why: 'it does not stop' });
      }
    }
    for (const { picture } of reading.ready.splice(0)) picture.dispose();
    this.#reading = null;
  }

  /** Whether something came about before patience ended. */
  async #within(wanted: Promise<void>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#clock.after(footageBounds.endMs, () => resolve(false));
    try {
      return await Promise.race([promise, wanted.then(() => true)]);
    } finally {
      cancel();
    }
  }

  #ask(id: number, asked: PictureAsked): Promise<RgbImage | LumaImage | Uint8Array> {
    if (this.#lost !== null) return Promise.reject(lostError(this.#reading?.path, this.#lost));
    const call = this.#nextCall;
    this.#nextCall += 1;
    const { promise, resolve, reject } = Promise.withResolvers<RgbImage | LumaImage | Uint8Array>();
    this.#calls.set(call, { resolve, reject });
    this.#tell({ type: 'ask', call, id, asked });
    return this.#watch.during(promise);
  }

  #tell(message: ToReader): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromReader): void {
    this.#watch.heard();
    switch (message.type) {
      case 'picture':
        this.#take(message);
        break;
      case 'over':
        if (this.#reading === null || this.#reading.id !== message.reading) return;
        this.#reading.over = message;
        this.#reading.wake?.();
        break;
      case 'answer':
        this.#calls.get(message.call)?.resolve(message.image);
        this.#calls.delete(message.call);
        break;
      case 'refused':
        this.#calls.get(message.call)?.reject(uncarried(message.error));
        this.#calls.delete(message.call);
    }
  }

  #take(message: Extract<FromReader, { type: 'picture' }>): void {
    const { mediaTime, passed } = message;
    const picture = new RemotePicture(this.#holder, message);
    const reading = this.#reading;
    if (reading === null || reading.id !== message.reading) {
      picture.dispose();
      return;
    }
    reading.ready.push({ picture, mediaTime, passed });
    reading.wake?.();
  }

  /** The thread is gone, and with it all that it held. */
  #fail(lost: Lost): void {
    this.#lost ??= lost;
    this.#watch.close();
    this.#tell({ type: 'close' });
    const path = this.#reading?.path;
    for (const { reject } of this.#calls.values()) reject(lostError(path, this.#lost));
    this.#calls.clear();
    const reading = this.#reading;
    if (reading === null || reading.over !== null) return;
    const { code, hint, message } = lostError(reading.path, this.#lost);
    reading.over = {
      ...{ type: 'over', reading: reading.id, mediaTime: 0 },
      passed: { decoded: 0, damaged: 0 },
      error: { code, message, hint },
    };
    reading.wake?.();
  }
}

function lostError(path: string | undefined, { code, why }: Lost): NightglassError {
  return unreadable(code, path ?? 'that was read', why);
}

/** Until a picture comes, the reading is over, or the signal says so. */
async function something(reading: Reading): Promise<void> {
  await new Promise<void>((resolve) => {
    reading.wake = resolve;
  });
  reading.wake = null;
}

function finish({ passed, mediaTime, error }: Over, { onEnd }: ReadingOptions): void {
  if (error !== null) throw uncarried(error);
  onEnd?.(passed, mediaTime);
}

function uncarried({ code, message, hint }: CarriedError): Error {
  if (code === null) return new Error(message);
  return new NightglassError(code, message, hint === undefined ? {} : { hint });
}
