import { setImmediate as turn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { isNightglassError } from '../../../domain/errors.ts';
import { FrameLedger } from '../../../domain/frame/ledger.ts';
import type { Picture } from '../../../domain/frame/picture.ts';
import type { LumaImage, RgbImage } from '../../../domain/image/image.ts';
import { RateLimit } from '../../../domain/rate-limit.ts';
import { readPictures } from '../file-source.ts';
import type {
  CarriedError,
  FromReader,
  Passed,
  PictureAsked,
  ReadingOrder,
  ToReader,
} from './reader-messages.ts';

/*
 * Reads recorded footage in a thread of its own: decoding holds this thread, so that it waits for
 * nobody, and pictures are made ready ahead of those who look at them.
 */

const port = parentPort;
if (port === null) throw new TypeError('Cannot run the reader: this is the main thread');

/** How often others of this thread have their turn: questions, and answers; milliseconds. */
const turnEvery = 0.5;
/** How often it says that it gets further, milliseconds. */
const aliveEvery = 1_000;
/** Pictures given and not yet freed. */
const held = new Map<number, Picture>();
const stopped = new Set<number>();
/** The file that is read. */
let current: { readonly reading: number; readonly abort: AbortController } | null = null;
let closing = false;
let nextId = 1;
/** What was last asked of a picture, and will be of the next. */
let lumaSize: { readonly width: number; readonly height: number } | null = null;
let wake: (() => void) | null = null;
let work: Promise<void> = Promise.resolve();

function isStopped(reading: number): boolean {
  return closing || stopped.has(reading);
}

function tell(message: FromReader, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function carried(error: unknown): CarriedError {
  const coded = isNightglassError(error);
  return {
    code: coded ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
    hint: coded ? error.hint : undefined,
  };
}

async function read(reading: number, order: ReadingOrder): Promise<void> {
  const ledger = new FrameLedger();
  const rate = order.rate === null ? null : new RateLimit(order.rate);
  const count = counting(ledger);
  let last = 0;
  let error: CarriedError | null = null;
  const { path, identity, threads, keysOnly, from } = order;
  const abort = new AbortController();
  current = { reading, abort };
  if (isStopped(reading)) abort.abort();
  try {
    const pictures = readPictures({
      ...{ path, identity, threads, keysOnly, from, ledger, signal: abort.signal },
      ...{ cameraId: 'file', holdsThread: true, onPacket: sharing() },
    });
    for await (const { picture, mediaTime } of pictures) {
      count.decoded += 1;
      last = Math.max(last, mediaTime);
      if (rate?.allows(mediaTime) === false) picture.dispose();
      else await give({ reading, most: mostOf(order.held, picture) }, picture, mediaTime, count);
      if (isStopped(reading)) break;
    }
  } catch (thrown) {
    error = carried(thrown);
  }
  current = null;
  stopped.delete(reading);
  tell({ type: 'over', reading, mediaTime: last, passed: count.take(), error });
}

/** Says now and then that the file is got further in, and gives others their turn. */
function sharing(): () => Promise<void> | undefined {
  let turned = performance.now();
  let told = turned;
  return () => {
    const now = performance.now();
    if (now - told > aliveEvery) {
      told = now;
      tell({ type: 'alive' });
    }
    if (now - turned <= turnEvery) return undefined;
    return turn().then(() => {
      turned = performance.now();
    });
  };
}

/** What was gone through since it was taken last. */
function counting(ledger: FrameLedger) {
  let before = 0;
  return {
    decoded: 0,
    take(): Passed {
      const all = ledger.drops().reduce((sum, { count }) => sum + count, 0);
      const passed = { decoded: this.decoded, damaged: all - before };
      this.decoded = 0;
      before = all;
      return passed;
    },
  };
}

/** Pictures of this size that may be held; most have a byte and a half a pixel. */
function mostOf({ least, most, bytes }: ReadingOrder['held'], { width, height }: Picture): number {
  return Math.min(most, Math.max(least, Math.floor(bytes / (1.5 * width * height))));
}

/** Hands a picture on, when fewer than `most` are held. */
async function give(
  { reading, most }: { readonly reading: number; readonly most: number },
  picture: Picture,
  mediaTime: number,
  count: { take(): Passed },
): Promise<void> {
  while (held.size >= most && !isStopped(reading)) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  if (isStopped(reading)) {
    picture.dispose();
    return;
  }
  const luma = lumaSize === null ? null : await picture.luma(lumaSize).catch(() => null);
  const id = nextId;
  nextId += 1;
  held.set(id, picture);
  const { width, height } = picture;
  const transfer = luma === null ? [] : [bufferOf(luma)];
  tell(
    { type: 'picture', reading, id, width, height, mediaTime, passed: count.take(), luma },
    transfer,
  );
}

async function answer(call: number, id: number, asked: PictureAsked): Promise<void> {
  const picture = held.get(id);
  try {
    if (picture === undefined) throw new TypeError('Cannot read a picture: it is disposed');
    const image = await imageOf(picture, asked);
    tell({ type: 'answer', call, image }, isShared(image) ? [] : [bufferOf(image)]);
  } catch (error) {
    tell({ type: 'refused', call, error: carried(error) });
  }
}

/** In memory of its own, where it is not shared: what is sent takes all of its buffer along. */
async function imageOf(
  picture: Picture,
  asked: PictureAsked,
): Promise<RgbImage | LumaImage | Uint8Array> {
  switch (asked.kind) {
    case 'rgb': {
      const image = await picture.rgb(asked.options);
      return isShared(image) ? image : { ...image, data: Uint8Array.from(image.data) };
    }
    case 'luma':
      lumaSize = asked.options;
      return picture.luma(asked.options);
    case 'jpeg':
      return Uint8Array.from(await picture.jpeg(asked.options));
  }
}

function isShared(image: RgbImage | LumaImage | Uint8Array): boolean {
  return bytesOf(image).buffer instanceof SharedArrayBuffer;
}

function bufferOf(image: RgbImage | LumaImage | Uint8Array): ArrayBuffer {
  return bytesOf(image).buffer as ArrayBuffer;
}

function bytesOf(image: RgbImage | LumaImage | Uint8Array): Uint8Array {
  return image instanceof Uint8Array ? image : image.data;
}

function free(id: number): void {
  held.get(id)?.dispose();
  held.delete(id);
  wakeUp();
}

function wakeUp(): void {
  wake?.();
  wake = null;
}

port.on('message', (message: ToReader) => {
  switch (message.type) {
    case 'read':
      work = work.then(() => read(message.reading, message.order));
      break;
    case 'stop':
      stopped.add(message.reading);
      if (current?.reading === message.reading) current.abort.abort();
      wakeUp();
      break;
    case 'ping':
      if (current === null || wake !== null) tell({ type: 'alive' });
      break;
    case 'ask':
      void answer(message.call, message.id, message.asked);
      break;
    case 'free':
      free(message.id);
      break;
    case 'close':
      closing = true;
      current?.abort.abort();
      for (const id of [...held.keys()]) free(id);
      void work.then(() => port.close());
  }
});
