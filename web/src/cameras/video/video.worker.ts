import JSMpeg from '@cycjimmy/jsmpeg-player';
import { NightglassClient } from '../../../../src/client/nightglass-client.ts';
import { type CodedPicture, codedPicture, type PictureSize, sizeOf } from './coded-picture.ts';
import { type FromWorker, sharedNow, type ToWorker } from './messages.ts';
import { paintRgba } from './paint-rgba.ts';
import { PictureQueue } from './picture-queue.ts';
import { StreamClock } from './stream-clock.ts';

/**
 * One camera's live video: socket, demuxer, decoder and canvas, away from the
 * page's own thread. Sixteen cameras are more than one thread can decode.
 */

// The decoder asks `window` for the time.
Object.assign(self, { window: self });

const paceMs = 1_000;
/** Sequence, group and extension headers that may stand before a picture. */
const mostHeaders = 6;

const queue = new PictureQueue();
const clock = new StreamClock();
let canvas: OffscreenCanvas | undefined;
let context: OffscreenCanvasRenderingContext2D | null = null;
let image: ImageData | undefined;
let pixels = new Uint32Array(0);
let drawn = 0;
let busyMs = 0;
let scheduled = false;
/** Stream time of the picture in the canvas that the screen has not shown yet. */
let painted: number | undefined;

interface Decoding {
  readonly size: PictureSize;
  readonly decode: (picture: CodedPicture) => void;
}

/** The decoder reads a sequence's header once: another size needs another decoder. */
let decoding: Decoding | undefined;

function startDecoder(size: PictureSize): Decoding {
  const video = new JSMpeg.Decoder.MPEG1Video({
    streaming: true,
    videoBufferSize: 1024 * 1024,
    // Pictures are decoded when their turn comes, not when they are written.
    decodeFirstFrame: false,
  });
  let done = false;
  video.connect({
    resize(width, height) {
      if (canvas === undefined || context === null) return;
      canvas.width = width;
      canvas.height = height;
      image = context.createImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
    },
    // In the order that the decoder gives them.
    render(y, cr, cb) {
      done = true;
      if (image === undefined) return;
      paintRgba({ y, cb, cr }, image.width, image.height, pixels);
      context?.putImageData(image, 0, 0);
    },
  });
  return {
    size,
    decode(picture) {
      done = false;
      video.write(picture.pts / 1000, [picture.bytes]);
      // Each call passes one header, or decodes the picture behind them.
      for (let call = 0; call < mostHeaders && !done; call += 1) video.decode();
    },
  };
}

const demuxer = new JSMpeg.Demuxer.TS({});
demuxer.connect(JSMpeg.Demuxer.TS.STREAM.VIDEO_1, {
  write(seconds, buffers) {
    const picture = codedPicture(seconds * 1000, joined(buffers));
    if (picture === undefined) return;
    clock.received(picture.pts, sharedNow());
    queue.push(picture);
    schedule();
  },
});

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'mode') {
    queue.mode = data.mode;
    return;
  }
  canvas = data.canvas;
  context = canvas.getContext('2d', { alpha: false });
  open(data.address, data.cameraId);
};

function open(address: string, cameraId: string): void {
  const socket = new NightglassClient({ address }).preview(cameraId);
  let message: string | undefined;
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') message = (JSON.parse(data) as { message?: string }).message;
    else demuxer.write(data as ArrayBuffer);
  };
  socket.onclose = ({ code }) => post({ type: 'closed', code, message });
  let last = { at: performance.now(), received: 0, skipped: 0 };
  setInterval(() => {
    const at = performance.now();
    const seconds = (at - last.at) / 1000;
    const pace = {
      received: (queue.received - last.received) / seconds,
      drawn: drawn / seconds,
      skipped: queue.skipped - last.skipped,
      busy: Math.min(1, busyMs / 1000 / seconds),
    };
    last = { at, received: queue.received, skipped: queue.skipped };
    drawn = 0;
    busyMs = 0;
    post({ type: 'pace', pace });
  }, paceMs);
}

/** Decodes one picture a turn of the event loop, so that messages in between are handled. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  turn.port2.postMessage(null);
}

const turn = new MessageChannel();
turn.port1.onmessage = () => {
  scheduled = false;
  const picture = queue.take();
  if (picture === undefined) return;
  const started = performance.now();
  const size = sizeOf(picture);
  const other =
    size !== undefined &&
    (size.width !== decoding?.size.width || size.height !== decoding.size.height);
  if (other) decoding = startDecoder(size);
  decoding?.decode(picture);
  busyMs += performance.now() - started;
  const first = painted === undefined;
  painted = picture.pts;
  // Two pictures within one frame of the screen are seen as one, and counted so.
  if (first) requestAnimationFrame(shown);
  if (queue.waiting > 0) schedule();
};

function shown(): void {
  if (painted === undefined) return;
  drawn += 1;
  const moment = clock.momentOf(painted);
  if (moment !== undefined) post({ type: 'drawn', pts: painted, at: sharedNow(), moment });
  painted = undefined;
}

function joined(buffers: readonly Uint8Array[]): Uint8Array {
  const length = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const buffer of buffers) {
    whole.set(buffer, at);
    at += buffer.byteLength;
  }
  return whole;
}

function post(message: FromWorker): void {
  self.postMessage(message);
}
