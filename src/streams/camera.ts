import type { Observable } from 'rxjs';
import type { CameraStatus } from '../domain/camera-status.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { type ErrorCode, isNightglassError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { FrameLedger } from '../domain/frame/ledger.ts';
import type { DebugLog } from '../domain/log.ts';
import type { QuietScene } from '../domain/quiet-scene.ts';
import type { RetryPolicy } from './backoff.ts';
import { type Attempt, ClientChoice } from './client-choice.ts';
import type { PacketRing } from './clips/packet-ring.ts';
import { openCompatible } from './compatible-source.ts';
import type { HardwareChoice } from './hardware.ts';
import { OnDemandFeed } from './on-demand-feed.ts';
import { PictureTap } from './picture-tap.ts';
import { createPreview, type Preview } from './preview/preview.ts';
import type { PreviewFeed } from './preview/preview-feed.ts';
import { KeepAliveHabits } from './rtsp/keep-alive.ts';
import type { StreamTransport } from './rtsp/media-channel.ts';
import { defaultLimits, type StreamLimits } from './rtsp/stream-limits.ts';
import type { HostAddresses, TlsTrust } from './rtsp/wire.ts';
import { openRtsp, type RtspSourceOptions } from './rtsp-source.ts';
import { type PictureView, plainView } from './shape/picture-view.ts';
import { supervise } from './supervise.ts';
import type { VideoInfo, VideoSink } from './video-source.ts';

export interface CameraOptions {
  readonly id: string;
  /** Main stream, for analysis. */
  readonly url: string;
  /** Second stream of the same camera, for the preview alone; pulled only while somebody watches. */
  readonly previewUrl?: string | null;
  readonly username?: string | null;
  readonly password?: string | null;
  /** Default `tcp`. */
  readonly transport?: StreamTransport;
  /** How long this camera may take for what. */
  readonly limits?: Partial<StreamLimits>;
  /** Whether the password may go out as it is without TLS; default `false`. */
  readonly allowBasic?: boolean;
  readonly tls?: TlsTrust | undefined;
  /** Where hosts may be, asked at each connection and redirect; default: all that resolves. */
  readonly addresses?: HostAddresses | undefined;
  readonly hardware?: HardwareChoice;
  /** How the picture is to be shown and analysed, beside what the stream says of it. */
  readonly view?: PictureView;
  /** Says when pictures may stay undecoded; absent: never. */
  readonly quiet?: QuietScene | undefined;
  readonly preview?: {
    readonly enabled?: boolean;
    readonly ffmpeg?: string | undefined;
    /** Whether viewers may have the video as the camera sends it; default `true`. */
    readonly passThrough?: boolean;
  };
  readonly retry?: Partial<RetryPolicy>;
  /** Holds the last seconds as they came. */
  readonly ring?: PacketRing | undefined;
  readonly ledger: FrameLedger;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly onReconnect?: (reason: ErrorCode) => void;
  readonly log?: DebugLog;
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
  const { ring } = options;
  if (ring !== undefined) tap.attach(ring);
  const main = openStream(options, options.url, tap, ledger);
  let preview: Preview | null = null;
  if (options.preview?.enabled ?? true) {
    const { previewUrl } = options;
    const feed = previewUrl == null ? tap : onDemand(options, previewUrl);
    const ffmpegPath = options.preview?.ffmpeg;
    preview = createPreview({
      cameraId: id,
      feed,
      passThrough: options.preview?.passThrough ?? true,
      clock,
      view: options.view ?? plainView,
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
      closed ??= Promise.all([main.close(), preview?.close()]).then(() => ring?.close());
      return closed;
    },
  };
}

function openStream(options: CameraOptions, url: string, tap: PictureTap, ledger: FrameLedger) {
  const { id, clock = systemClock, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const wanted = options.transport ?? 'tcp';
  const choice = new ClientChoice(wanted);
  const keepAlive = new KeepAliveHabits();
  let sequence = 0;
  const decoderNews = tellDecoder(options, url);
  const source = (attempt: Attempt): RtspSourceOptions => ({
    cameraId: id,
    url,
    ...(options.username == null ? {} : { username: options.username }),
    ...(options.password == null ? {} : { password: options.password }),
    ...(options.hardware === undefined ? {} : { hardware: options.hardware }),
    view: options.view ?? plainView,
    quiet: options.quiet,
    transport: attempt.transport,
    limits,
    allowBasic: options.allowBasic ?? false,
    tls: options.tls,
    addresses: options.addresses,
    keepAlive,
    ledger,
    clock,
    nextSequence: () => sequence++,
    onAnswer: () => attempt.answered(),
  });
  const observed = (sink: VideoSink, attempt: Attempt): VideoSink => ({
    ...sink,
    onVideo: (video, isPlain) => {
      decoderNews(video);
      tap.video(video, isPlain);
      sink.onVideo(video, isPlain);
    },
    onLife: () => {
      attempt.packet();
      sink.onLife?.();
    },
    onFrame: (frame) => {
      attempt.picture();
      sink.onFrame(frame);
    },
    onWay: (way) => {
      sink.onWay?.(way);
      if (way.transport !== wanted) log?.warn({ camera: id, wanted, ...way }, 'other transport');
    },
  });
  return supervise(
    async (sink, signal) => {
      tap.restart();
      const attempt = choice.next();
      const { client } = attempt;
      const open = client === 'own' ? openRtsp : openCompatible;
      try {
        return await open(source(attempt), observed(sink, attempt), signal);
      } catch (error) {
        if (client !== 'own' || !attempt.answers || !isNightglassError(error, 'STREAM_UNSUPPORTED'))
          throw error;
        // What it describes will be no other after two more attempts.
        const other = choice.next('compatible');
        return openCompatible(source(other), observed(sink, other), signal).catch(() => {
          throw error;
        });
      }
    },
    {
      cameraId: id,
      clock,
      onPicture: (picture) => tap.picture(picture),
      silenceMs: limits.silenceMs,
      firstPictureMs: limits.firstPictureMs,
      connectMs: limits.connectMs + 5 * limits.answerMs,
      ...(options.retry === undefined ? {} : { retry: options.retry }),
      ...(options.random === undefined ? {} : { random: options.random }),
      ...(options.onReconnect === undefined ? {} : { onReconnect: options.onReconnect }),
      ...(log === undefined ? {} : { log }),
    },
  );
}

/** Says once where a device was asked for and the software decodes. */
function tellDecoder(options: CameraOptions, url: string): (video: VideoInfo) => void {
  let reported = url !== options.url;
  return ({ codec, decoder }) => {
    const { id, hardware = false, log } = options;
    if (reported || hardware === false || decoder !== 'software') return;
    reported = true;
    const message = 'decoding in software: no device is there that decodes this stream';
    if (hardware === 'auto') log?.info({ camera: id, codec, hardware }, message);
    else log?.warn({ camera: id, codec, hardware }, message);
  };
}

/** Pulls the sub stream once, and only while it is watched; its frames are not for analysis. */
function onDemand(options: CameraOptions, url: string): PreviewFeed {
  const { onReconnect: _, quiet: __, ...rest } = options;
  return new OnDemandFeed((tap) => {
    // A ledger of its own: decoding here must not count as frames of the camera.
    const stream = openStream(rest, url, tap, new FrameLedger());
    return () => void stream.close().catch(() => undefined);
  });
}
