import { Worker } from 'node:worker_threads';
import type { StreamFacts } from '../domain/camera-noise/noise-measurement.ts';
import type { NoiseProfile } from '../domain/camera-noise/noise-profile.ts';
import { type ErrorCode, NightglassError } from '../domain/errors.ts';
import type { LumaImage } from '../domain/image/image.ts';
import type { MeasuredNoise } from '../services/cameras/noise-profiles.ts';
import { readPicture } from './measure-noise.ts';
import type { ProfiledPictures } from './profile-pictures.ts';

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './noise-worker.ts' : './noise-worker.js',
  import.meta.url,
);

export interface NoiseOrder {
  /** What is measured, for the profile. */
  readonly source: string;
  readonly measuredAt: string;
  readonly seconds: number;
  /** A video file that the thread reads itself; null where it is sent pictures. */
  readonly file: string | null;
}

export type ToNoise =
  | { readonly type: 'picture'; readonly luma: LumaImage; readonly colour: number }
  | { readonly type: 'end'; readonly facts: StreamFacts }
  /** Ends the thread, at the latest once what it is at is done. */
  | { readonly type: 'stop' };

export type FromNoise =
  | { readonly type: 'taken' }
  | { readonly type: 'progress'; readonly share: number }
  | {
      readonly type: 'profile';
      readonly profile: NoiseProfile;
      readonly pattern: Uint8Array | null;
    }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };

export interface NoiseThreadOptions {
  readonly order: NoiseOrder;
  /** Of a camera; null where the order names a file. */
  readonly pictures: ProfiledPictures | null;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Measures in a thread of its own, and returns once that has ended. It ends by itself, never by
 * `terminate`: FFmpeg that is at work when its thread goes ends the process.
 * @throws NightglassError `MEASUREMENT_FAILED`, what the source fails with; the signal's reason
 */
export async function measureInThread(options: NoiseThreadOptions): Promise<MeasuredNoise> {
  const { onProgress, order, pictures, signal } = options;
  signal.throwIfAborted();
  const worker = new Worker(entry, { workerData: order, name: 'noise', env: {} });
  const over = Promise.withResolvers<MeasuredNoise>();
  // Whoever feeds the thread may fail first.
  over.promise.catch(() => undefined);
  let taken = Promise.withResolvers<void>();
  const lost = (why: string) => {
    over.reject(
      new NightglassError('MEASUREMENT_FAILED', `Cannot measure ${order.source}: ${why}`),
    );
    taken.resolve();
  };
  worker.on('message', (message: FromNoise) => {
    if (message.type === 'taken') taken.resolve();
    else if (message.type === 'progress') onProgress(message.share);
    else if (message.type === 'profile') over.resolve(message);
    else {
      const { code, hint, message: text } = message;
      over.reject(new NightglassError(code, text, hint === undefined ? {} : { hint }));
    }
  });
  worker.once('error', ({ message }) => lost(message));
  const exited = Promise.withResolvers<void>();
  worker.once('exit', (code) => {
    lost(`its thread ended (${code})`);
    exited.resolve();
  });
  const abort = () => {
    over.reject(signal.reason);
    taken.resolve();
  };
  signal.addEventListener('abort', abort);
  try {
    if (pictures !== null) {
      for await (const { picture, mediaTime } of pictures.pictures) {
        if (signal.aborted) break;
        const first = pictures.facts().times[0] ?? mediaTime;
        const read = await readPicture(picture);
        taken = Promise.withResolvers();
        worker.postMessage({ type: 'picture', ...read } satisfies ToNoise);
        await taken.promise;
        onProgress(Math.min(1, (mediaTime - first) / 1_000 / order.seconds));
      }
      worker.postMessage({ type: 'end', facts: pictures.facts() } satisfies ToNoise);
    }
    return await over.promise;
  } finally {
    signal.removeEventListener('abort', abort);
    worker.postMessage({ type: 'stop' } satisfies ToNoise);
    await exited.promise;
  }
}
