import { type CodedMessage, type CodedVideoHead, readCodedPicture } from './coded-message.ts';
import { drawFrame } from './draw-frame.ts';
import { PictureQueue } from './picture-queue.ts';
import type { PlayingVideo } from './playing-video.ts';
import type { Stage } from './stage.ts';

/** The latest key picture and what followed it come at once: as many as the gateway keeps. */
const mostAtFirst = 300;
/** Pictures in the decoder at a time; the others wait where they can be left out. */
const mostDecoding = 4;
/** Failures in a row, without a picture between, after which the decoder is given up. */
const mostFailures = 3;
/** From the opening of the socket, or from how the video is coded, to a picture, milliseconds. */
const firstPictureMs = 10_000;

/** True where videos can be decoded as cameras send them. */
export const codedVideoSupported = 'VideoDecoder' in self;

/**
 * Plays a camera's own video, decoded by WebCodecs. Ends with its socket.
 * @param onUnable called once, when it cannot be decoded here
 */
export function playCoded(stage: Stage, socket: WebSocket, onUnable: () => void): PlayingVideo {
  const video = new CodedVideo(stage, onUnable);
  // Whatever comes: nothing, what nobody can decode, or what gives no picture.
  socket.addEventListener('open', () => video.expectPicture());
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') void video.hear(JSON.parse(data) as CodedMessage);
    else video.receive(data as ArrayBuffer);
  });
  socket.addEventListener('close', () => video.close());
  return video;
}

class CodedVideo implements PlayingVideo {
  readonly queue = new PictureQueue(mostAtFirst);
  readonly #stage: Stage;
  readonly #onUnable: () => void;
  #head: CodedVideoHead | undefined;
  #decoder: VideoDecoder | undefined;
  /** The newest decoded picture, until the screen is drawn. */
  #latest: VideoFrame | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(stage: Stage, onUnable: () => void) {
    this.#stage = stage;
    this.#onUnable = onUnable;
  }

  async hear(message: CodedMessage): Promise<void> {
    if (message.type === 'missed') this.queue.skipped += message.count;
    if (message.type !== 'video') return;
    // What waits is coded as was said before; a key picture follows.
    this.queue.restart();
    this.#stop();
    this.#head = message;
    this.expectPicture();
    const supported = await isSupported(message);
    if (this.#closed || this.#head !== message) return;
    if (supported) this.#start(message);
    else this.#giveUp();
  }

  /** Gives up where no picture comes in time. */
  expectPicture(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => this.#giveUp(), firstPictureMs);
  }

  receive(message: ArrayBuffer): void {
    const picture = readCodedPicture(message);
    if (picture === undefined || this.#closed) return;
    this.#stage.received(picture.pts);
    this.queue.push(picture);
    this.#feed();
  }

  /** Frees what it holds. Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stop();
  }

  #start(head: CodedVideoHead): void {
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (decoder === this.#decoder) this.#show(frame);
        else frame.close();
      },
      error: () => {
        if (decoder === this.#decoder) this.#fail(head);
      },
    });
    this.#decoder = decoder;
    decoder.addEventListener('dequeue', () => this.#feed());
    try {
      decoder.configure(configOf(head));
    } catch {
      this.#giveUp();
      return;
    }
    this.expectPicture();
    this.#feed();
  }

  /** The decoder ended with an error: another begins with the next key picture. */
  #fail(head: CodedVideoHead): void {
    this.#failures += 1;
    this.queue.restart();
    this.#stop();
    if (this.#failures >= mostFailures) this.#giveUp();
    else if (!this.#closed) this.#start(head);
  }

  #feed(): void {
    const decoder = this.#decoder;
    while (decoder?.state === 'configured' && decoder.decodeQueueSize < mostDecoding) {
      const picture = this.queue.take();
      if (picture === undefined) return;
      const { pts, bytes, key } = picture;
      const chunk = { type: key ? 'key' : 'delta', timestamp: Math.round(pts * 1000) } as const;
      try {
        decoder.decode(new EncodedVideoChunk({ ...chunk, data: bytes }));
      } catch {
        // What is no key picture to the decoder, though the camera begins with it.
        if (this.#head !== undefined) this.#fail(this.#head);
        return;
      }
    }
  }

  #show(frame: VideoFrame): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#failures = 0;
    const first = this.#latest === undefined;
    this.#latest?.close();
    this.#latest = frame;
    if (first) requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const frame = this.#latest;
    this.#latest = undefined;
    if (frame === undefined || this.#head === undefined) return;
    const started = performance.now();
    drawFrame(this.#stage, frame, this.#head);
    const pts = frame.timestamp / 1000;
    frame.close();
    this.#stage.worked(performance.now() - started);
    this.#stage.painted(pts);
  }

  #stop(): void {
    const decoder = this.#decoder;
    this.#decoder = undefined;
    if (decoder !== undefined && decoder.state !== 'closed') decoder.close();
    this.#latest?.close();
    this.#latest = undefined;
  }

  #giveUp(): void {
    if (this.#closed) return;
    this.close();
    this.#onUnable();
  }
}

async function isSupported(head: CodedVideoHead): Promise<boolean> {
  try {
    return (await VideoDecoder.isConfigSupported(configOf(head))).supported === true;
  } catch {
    // Words that this browser does not take for a codec's.
    return false;
  }
}

function configOf({ codec }: CodedVideoHead): VideoDecoderConfig {
  // Without a description the pictures are an Annex B byte stream.
  return { codec, optimizeForLatency: true };
}
