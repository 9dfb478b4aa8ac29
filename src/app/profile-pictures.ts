import { noiseProfile } from '../domain/bounds.ts';
import type { StreamFacts } from '../domain/camera-noise/noise-measurement.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { FrameLedger } from '../domain/frame/ledger.ts';
import type { Picture } from '../domain/frame/picture.ts';
import { openCamera } from '../streams/camera.ts';
import { type FileFacts, readPictures } from '../streams/recorded/file-source.ts';
import type { HostAddresses } from '../streams/rtsp/wire.ts';
import type { CameraSettings } from './camera-settings.ts';

export interface ProfiledPicture {
  /** Until the next one is asked for. */
  readonly picture: Picture;
  /** Milliseconds. */
  readonly mediaTime: number;
}

export interface ProfiledPictures {
  readonly pictures: AsyncIterable<ProfiledPicture>;
  /** Once the pictures are through. */
  facts(): StreamFacts;
}

interface Wanted {
  readonly seconds: number;
  /** Ends it early, with what there is. */
  readonly signal: AbortSignal;
}

/** The first pictures of a video file. @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED` */
export function picturesOfFile(path: string, { seconds, signal }: Wanted): ProfiledPictures {
  let stream: FileFacts | null = null;
  const times: number[] = [];
  const quantiser = { sum: 0, count: 0 };
  const pictures = async function* () {
    const found = readPictures({
      ...{ path, cameraId: 'profile', ledger: new FrameLedger(), signal },
      onStream: (facts) => {
        stream = facts;
      },
      onQuantiser: (value) => {
        quantiser.sum += value;
        quantiser.count += 1;
      },
    });
    for await (const picture of found) {
      if (picture.mediaTime > seconds * 1_000 || times.length >= noiseProfile.pictures) {
        picture.picture.dispose();
        return;
      }
      times.push(picture.mediaTime);
      try {
        yield picture;
      } finally {
        picture.picture.dispose();
      }
    }
  };
  return {
    pictures: pictures(),
    facts: () => ({
      bitsPerPixel: stream?.bitsPerPixel ?? null,
      quantiser: quantiser.count === 0 ? null : quantiser.sum / quantiser.count,
      times,
    }),
  };
}

/**
 * Pictures of a camera, which is opened once more. What comes while one is looked at is left out.
 * @throws NightglassError what the camera fails with
 */
export function picturesOfCamera(
  settings: CameraSettings & { readonly addresses: HostAddresses },
  { seconds, signal }: Wanted,
): ProfiledPictures {
  const times: number[] = [];
  let bitsPerPixel: number | null = null;
  const pictures = async function* () {
    const camera = openCamera({
      ...{ ...settings, preview: { enabled: false } },
      ledger: new FrameLedger(),
    });
    const limit = new AbortController();
    // Timers that keep the process alive: a camera that is waited for has none of its own.
    let timer = setTimeout(() => limit.abort(), startMs);
    const ended = AbortSignal.any([signal, limit.signal]);
    const latest = new Latest(times, ended);
    const frames = camera.frames$.subscribe((frame) => latest.offer(frame));
    let isFirst = true;
    try {
      for (;;) {
        const frame = await latest.next();
        if (frame === null) break;
        if (isFirst) {
          isFirst = false;
          clearTimeout(timer);
          timer = setTimeout(() => limit.abort(), seconds * 1_000 + lateMs);
        }
        using held = frame;
        yield { picture: held.picture, mediaTime: held.mediaTime };
        if (held.mediaTime - (times[0] ?? 0) > seconds * 1_000) break;
        if (times.length >= noiseProfile.pictures) break;
      }
      if (times.length === 0 && !signal.aborted) throw unseen(settings.id, camera.status);
      bitsPerPixel = bitsOf(camera.status, times);
    } finally {
      clearTimeout(timer);
      frames.unsubscribe();
      latest.close();
      await camera.close();
    }
  };
  return { pictures: pictures(), facts: () => ({ bitsPerPixel, quantiser: null, times }) };
}

/** For the camera to answer and to send its first picture, milliseconds. */
const startMs = 30_000;
/** Beyond the time that is measured, for pictures that come late, milliseconds. */
const lateMs = 10_000;

function unseen(id: string, { reason }: CameraStatus): NightglassError {
  const why = reason?.message ?? `no picture came within ${startMs / 1_000} s`;
  const { code = 'STREAM_STALLED' } = reason ?? {};
  return new NightglassError(
    code in errorCodes ? (code as ErrorCode) : 'STREAM_UNREACHABLE',
    `Cannot measure ${id}: ${why}`,
  );
}

function bitsOf({ stream, video }: CameraStatus, times: readonly number[]): number | null {
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
  if (stream === undefined || video === undefined || seconds <= 0) return null;
  const pixels = (video.width * video.height * (times.length - 1)) / seconds;
  return pixels <= 0 ? null : (8 * stream.bytesPerSecond) / pixels;
}

/** Holds the newest frame until it is asked for; owns it until then. */
class Latest {
  readonly #times: number[];
  readonly #ended: AbortSignal;
  #held: Frame | null = null;
  #wake: (() => void) | null = null;
  #closed = false;

  /**
   * @param times gets the media time of every frame that is offered
   * @param ended nothing is waited for from then on
   */
  constructor(times: number[], ended: AbortSignal) {
    this.#times = times;
    this.#ended = ended;
    ended.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  offer(frame: Frame): void {
    if (this.#closed) {
      frame[Symbol.dispose]();
      return;
    }
    if (this.#times.length < noiseProfile.pictures) this.#times.push(frame.mediaTime);
    this.#held?.drop('busy');
    this.#held = frame;
    this.#wake?.();
  }

  /** @returns null once it has ended */
  async next(): Promise<Frame | null> {
    while (this.#held === null && !this.#ended.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = null;
    }
    const frame = this.#held;
    this.#held = null;
    return frame;
  }

  close(): void {
    this.#closed = true;
    this.#held?.[Symbol.dispose]();
    this.#held = null;
  }
}
