import type { Clock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { describeNotes } from '../domain/stream-notes.ts';
import type { StreamNotes } from './rtsp/stream-notes.ts';

export interface StreamWatchOptions {
  readonly cameraId: string;
  readonly clock: Clock;
  readonly notes: StreamNotes;
  /** Without a packet, milliseconds. */
  readonly silenceMs: number;
  /** With packets and without a picture, milliseconds. */
  readonly pictureMs: number;
  /** Called at most once. */
  readonly onDead: (why: NightglassError) => void;
}

/**
 * Tells a stream that is dead from one that has no picture yet: packets are
 * life, and pictures may be long in coming. What was odd in the meantime is
 * part of the reason.
 */
export class StreamWatch {
  readonly #options: StreamWatchOptions;
  readonly #started: number;
  #lastLife: number;
  #lastFrame: number;
  #cancel: () => void = () => undefined;

  constructor(options: StreamWatchOptions) {
    this.#options = options;
    this.#started = options.clock.monotonic();
    this.#lastLife = this.#started;
    this.#lastFrame = this.#started;
    this.#arm();
  }

  /** A packet arrived. */
  life(): void {
    this.#lastLife = this.#options.clock.monotonic();
  }

  /** A picture was decoded. */
  frame(): void {
    this.life();
    this.#lastFrame = this.#lastLife;
  }

  /** Idempotent. */
  stop(): void {
    this.#cancel();
  }

  #arm(): void {
    const { clock, silenceMs, pictureMs } = this.#options;
    const due = Math.min(this.#lastLife + silenceMs, this.#lastFrame + pictureMs);
    this.#cancel = clock.after(Math.max(due - clock.monotonic(), 1), () => {
      const now = clock.monotonic();
      if (now - this.#lastLife >= silenceMs) this.#die(this.#silence());
      else if (now - this.#lastFrame >= pictureMs) this.#die(this.#noPicture(now));
      else this.#arm();
    });
  }

  #silence(): string {
    const { notes, silenceMs } = this.#options;
    const seconds = silenceMs / 1000;
    if (notes.total('foreign_packet') > 0 && notes.packets === 0) {
      return `no packet of its own for ${seconds} s, but packets from elsewhere`;
    }
    return `no packet for ${seconds} s`;
  }

  #noPicture(now: number): string {
    const { notes, pictureMs } = this.#options;
    const seconds = Math.max((now - this.#started) / 1000, 1);
    const odd = describeNotes(notes.rates(seconds));
    const packets = `${Math.round(notes.packets / seconds)} packets a second`;
    return `no picture for ${pictureMs / 1000} s out of ${packets}${odd === '' ? '' : ` (${odd})`}`;
  }

  #die(why: string): void {
    const message = `Cannot go on with camera ${this.#options.cameraId}: ${why}`;
    this.#options.onDead(new NightglassError('STREAM_STALLED', message));
  }
}
