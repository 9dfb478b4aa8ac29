import type { NightglassError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { EncodedPicture } from './rtsp/encoded-picture.ts';
import type { StreamTransport } from './rtsp/media-channel.ts';
import type { StreamNotes } from './rtsp/stream-notes.ts';

export interface VideoInfo {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** `software`, or the kind of device that decodes. */
  readonly decoder?: string;
}

/** By which client and on which way a stream comes. */
export interface StreamWay {
  /** `own`, or FFmpeg's behind it where ours gets no picture. */
  readonly client: 'own' | 'compatible';
  readonly transport: StreamTransport;
}

/** Where a source puts what it receives. */
export interface VideoSink {
  /**
   * The first frame's codec and size, and every change of them; before the frame.
   * @param isPlain whether decoded pictures are what is meant, but for the camera's view: neither
   *   interlaced nor turned by what the stream says
   */
  onVideo(video: VideoInfo, isPlain: boolean): void;
  /** A decoded frame, now owned by the sink. */
  onFrame(frame: Frame): void;
  /** Each coded picture as it arrives, before it is decoded. */
  onPicture?(picture: EncodedPicture): void;
  /** A picture that stays undecoded or unseen, because nothing happens at the camera. */
  onResting?(): void;
  /** A packet of the camera arrived, whatever comes of it. */
  onLife?(): void;
  /** How the stream comes, once that is agreed. */
  onWay?(way: StreamWay): void;
  /** Where the source counts what is odd. */
  readonly notes?: StreamNotes;
  /** The stream is over; at most once and not after `close()`. */
  onEnd(why: NightglassError): void;
}

export interface VideoSource {
  /** Ends the stream and frees everything; no call to the sink follows. Idempotent. */
  close(): Promise<void>;
}

/** Opens a source; rejects with a coded error, and when `signal` aborts. */
export type ConnectVideo = (sink: VideoSink, signal: AbortSignal) => Promise<VideoSource>;
