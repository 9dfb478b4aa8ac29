import type { Observable } from 'rxjs';
import type { CameraStatus } from '../domain/camera-status.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { FrameLedger } from '../domain/frame/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { RetryPolicy } from './backoff.ts';
import type { HardwareChoice } from './hardware.ts';
import { PictureTap } from './picture-tap.ts';
import { createPreview, type Preview } from './preview/preview.ts';
import { openRtsp } from './rtsp-source.ts';
import { supervise } from './supervise.ts';
import type { VideoInfo } from './video-source.ts';

export interface CameraOptions {
  readonly id: string;
  /** Main stream, for analysis. */
  readonly url: string;
  /** Second stream of the same camera, for the preview alone; pulled only while somebody watches. */
  readonly previewUrl?: string | null;
  readonly username?: string | null;
  readonly password?: string | null;
  readonly transport?: 'tcp' | 'udp';
  readonly hardware?: HardwareChoice;
  readonly preview?: { readonly enabled?: boolean; readonly ffmpeg?: string | undefined };
  readonly timeoutMs?: number;
  /** Silence of frames after which the stream counts as stalled; default 5 s. */
  readonly silenceMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly ledger: FrameLedger;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly onReconnect?: (reason: ErrorCode) => void;
  readonly log?: Log;
}

export interface Camera {
  readonly id: string;
  /** Owned by the one subscriber; disposed while there is none. */
  readonly frames$: Observable<Frame>;
  /** The latest status first. */
  readonly status$: Observable<CameraStatus>;
  readonly status: CameraStatus;
  /** `null` when switched off. */
  readonly preview: Preview | null;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Opens a camera: one supervised pull for analysis, and a preview from the same packets. */
export function openCamera(options: CameraOptions): Camera {
  const { id, ledger, clock = systemClock, log } = options;
  const tap = new PictureTap();
  const main = openStream(options, options.url, tap, ledger);
  let preview: Preview | null = null;
  if (options.preview?.enabled ?? true) {
    const { previewUrl } = options;
    const feed = previewUrl == null ? tap : { attach: attachOnDemand(options, previewUrl) };
    const ffmpegPath = options.preview?.ffmpeg;
    preview = createPreview({
      cameraId: id,
      feed,
      clock,
      ...(ffmpegPath === undefined ? {} : { ffmpegPath }),
      ...(log === undefined ? {} : { log }),
    });
  }
  let closed: Promise<void> | null = null;
  return {
    id,
    frames$: main.frames$,
    status$: main.status$,
    get status() {
      return main.status;
    },
    preview,
    close: () => {
      closed ??= Promise.all([main.close(), preview?.close()]).then(() => undefined);
      return closed;
    },
  };
}

function openStream(options: CameraOptions, url: string, tap: PictureTap, ledger: FrameLedger) {
  const { id, clock = systemClock } = options;
  let sequence = 0;
  let reported = url !== options.url;
  const tellDecoder = ({ codec, decoder }: VideoInfo) => {
    const { hardware = false, log } = options;
    if (reported || hardware === false || decoder !== 'software') return;
    reported = true;
    const message = 'decoding in software: no device is there that decodes this stream';
    if (hardware === 'auto') log?.info({ camera: id, codec, hardware }, message);
    else log?.warn({ camera: id, codec, hardware }, message);
  };
  return supervise(
    (sink, signal) => {
      tap.restart();
      return openRtsp(
        {
          cameraId: id,
          url,
          ...(options.username == null ? {} : { username: options.username }),
          ...(options.password == null ? {} : { password: options.password }),
          ...(options.transport === undefined ? {} : { transport: options.transport }),
          ...(options.hardware === undefined ? {} : { hardware: options.hardware }),
          ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
          ledger,
          clock,
          nextSequence: () => sequence++,
        },
        {
          ...sink,
          onVideo: (video) => {
            tellDecoder(video);
            tap.video(video);
            sink.onVideo(video);
          },
        },
        signal,
      );
    },
    {
      cameraId: id,
      clock,
      onPicture: (picture) => tap.picture(picture),
      ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
      ...(options.retry === undefined ? {} : { retry: options.retry }),
      ...(options.random === undefined ? {} : { random: options.random }),
      ...(options.onReconnect === undefined ? {} : { onReconnect: options.onReconnect }),
      ...(options.log === undefined ? {} : { log: options.log }),
    },
  );
}

/** Pulls the sub stream only while the preview is watched; its frames are not for analysis. */
function attachOnDemand(options: CameraOptions, url: string): PictureTap['attach'] {
  return (sink) => {
    const tap = new PictureTap();
    const { onReconnect: _, ...rest } = options;
    // A ledger of its own: decoding here must not count as frames of the camera.
    const stream = openStream(rest, url, tap, new FrameLedger());
    const detach = tap.attach(sink);
    return () => {
      detach();
      stream.close().catch(() => undefined);
    };
  };
}
