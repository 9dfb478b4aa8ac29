import { Worker } from 'node:worker_threads';
import { NightglassError } from '../../../domain/errors.ts';
import type { LumaImage, RgbImage } from '../../../domain/image/image.ts';
import type { FootagePicture } from '../footage.ts';
import type {
  CarriedError,
  FromReader,
  Passed,
  PictureAsked,
  ReadingOrder,
  ToReader,
} from './reader-messages.ts';
import { type PictureHolder, RemotePicture } from './remote-picture.ts';

// Seen from the source and from the built package alike.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js',
  import.meta.url,
);
/** Patience with a thread that is to end, milliseconds. */
const endLimit = 5_000;

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

interface Call {
  resolve(image: RgbImage | LumaImage | Uint8Array): void;
  reject(error: unknown): void;
}

/**
 * Reads video files in a thread of its own, one after the other: decodes ahead of whoever looks at
 * the pictures, which stay where they were decoded and are scaled there.
 */
export class FootageReader implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #calls = new Map<number, Call>();
  readonly #holder: PictureHolder = {
    ask: (id, asked) => this.#ask(id, asked),
    free: (id) => this.#tell({ type: 'free', id }),
  };
  #reading: Reading | null = null;
  #nextReading = 1;
  #nextCall = 1;
  #lost: Error | null = null;

  constructor() {
    this.#worker = new Worker(entry, { name: 'footage-reader', env: {} });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('message', (message: FromReader) => this.#hear(message));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.once('exit', () => this.#fail(new Error('its thread ended')));
  }

  /**
   * The pictures of a file; whoever asks for one owns it. One file at a time.
   * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`
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
        await something(reading);
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      await this.#end(reading);
    }
    if (reading.over !== null && !signal?.aborted) finish(reading.over, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tell({ type: 'close' });
    const timer = setTimeout(() => void this.#worker.terminate(), endLimit);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Stops the reading, and waits for its end. */
  async #end(reading: Reading): Promise<void> {
    if (reading.over === null) this.#tell({ type: 'stop', reading: reading.id });
    while (reading.over === null) {
      for (const { picture } of reading.ready.splice(0)) picture.dispose();
      await something(reading);
    }
    for (const { picture } of reading.ready.splice(0)) picture.dispose();
    this.#reading = null;
  }

  #ask(id: number, asked: PictureAsked): Promise<RgbImage | LumaImage | Uint8Array> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    const call = this.#nextCall;
    this.#nextCall += 1;
    const { promise, resolve, reject } = Promise.withResolvers<RgbImage | LumaImage | Uint8Array>();
    this.#calls.set(call, { resolve, reject });
    this.#tell({ type: 'ask', call, id, asked });
    return promise;
  }

  #tell(message: ToReader): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromReader): void {
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
  #fail(error: Error): void {
    this.#lost ??= error;
    for (const { reject } of this.#calls.values()) reject(this.#lost);
    this.#calls.clear();
    const reading = this.#reading;
    if (reading === null || reading.over !== null) return;
    const message = `Cannot read the video ${reading.path}: ${this.#lost.message}`;
    reading.over = {
      ...{ type: 'over', reading: reading.id, mediaTime: 0 },
      passed: { decoded: 0, damaged: 0 },
      error: { code: 'STREAM_UNSUPPORTED', message, hint: undefined },
    };
    reading.wake?.();
  }
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
