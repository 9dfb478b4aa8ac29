import JSMpeg from '@cycjimmy/jsmpeg-player';
import { type CodedPicture, codedPicture, type PictureSize, sizeOf } from './coded-picture.ts';
import { paintRgba } from './paint-rgba.ts';
import { PictureQueue } from './picture-queue.ts';
import type { PlayingVideo } from './playing-video.ts';
import type { Stage } from './stage.ts';

// The decoder asks `window` for the time.
Object.assign(self, { window: self });

/** Sequence, group and extension headers that may stand before a picture. */
const mostHeaders = 6;

interface Decoding {
  readonly size: PictureSize;
  readonly decode: (picture: CodedPicture) => void;
}

/** Plays the preview, MPEG-1 in MPEG-TS, decoded in this worker. Ends with its socket. */
export function playMpeg1(stage: Stage, socket: WebSocket): PlayingVideo {
  const queue = new PictureQueue();
  /** The decoder reads a sequence's header once: another size needs another decoder. */
  let decoding: Decoding | undefined;
  let scheduled = false;
  const turn = new MessageChannel();
  /** Decodes one picture a turn of the event loop, so that messages in between are handled. */
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    turn.port2.postMessage(null);
  };
  turn.port1.onmessage = () => {
    scheduled = false;
    const picture = queue.take();
    if (picture === undefined) return;
    const started = performance.now();
    const size = sizeOf(picture);
    const other =
      size !== undefined &&
      (size.width !== decoding?.size.width || size.height !== decoding.size.height);
    if (other) decoding = startDecoder(stage, size);
    decoding?.decode(picture);
    stage.worked(performance.now() - started);
    stage.painted(picture.pts);
    if (queue.waiting > 0) schedule();
  };
  const demuxer = new JSMpeg.Demuxer.TS({});
  demuxer.connect(JSMpeg.Demuxer.TS.STREAM.VIDEO_1, {
    write(seconds, buffers) {
      const picture = codedPicture(seconds * 1000, joined(buffers));
      if (picture === undefined) return;
      stage.received(picture.pts);
      queue.push(picture);
      schedule();
    },
  });
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') demuxer.write(data as ArrayBuffer);
  });
  return { queue };
}

function startDecoder(stage: Stage, size: PictureSize): Decoding {
  const video = new JSMpeg.Decoder.MPEG1Video({
    streaming: true,
    videoBufferSize: 1024 * 1024,
    // Pictures are decoded when their turn comes, not when they are written.
    decodeFirstFrame: false,
  });
  const { context } = stage;
  let image: ImageData | undefined;
  let pixels = new Uint32Array(0);
  let done = false;
  video.connect({
    resize(width, height) {
      if (context === null) return;
      stage.fit(width, height);
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
