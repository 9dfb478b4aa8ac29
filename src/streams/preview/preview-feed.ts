import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import type { DecodedCodec } from '../rtsp/sdp.ts';

export interface PreviewVideo {
  readonly codec: DecodedCodec;
  readonly width: number;
  readonly height: number;
  /** Decoded pictures are shown as they are, but for the camera's view. */
  readonly isPlain: boolean;
}

export interface PreviewSink {
  /**
   * The video's size, before its first picture and with each new session.
   * @returns whether the sink starts again and wants the pictures since the latest key picture
   */
  video(video: PreviewVideo): boolean;
  picture(picture: EncodedPicture): void;
  /** A new session begins: its time stamps have nothing to do with those before. */
  restart?(): void;
}

/** Where a preview takes its pictures from while somebody watches. */
export interface PreviewFeed {
  /** Starts the flow. @returns ends the flow; idempotent */
  attach(sink: PreviewSink): () => void;
}
