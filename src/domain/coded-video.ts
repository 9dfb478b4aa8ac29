/** A camera's video as it is coded, and how it is to be shown. */
export interface CodedVideo {
  /** As RFC 6381 and WebCodecs name it: `avc1.64001f`, `hev1.1.6.L93.B0`. Annex B byte stream. */
  readonly codec: string;
  /** The picture as it is shown: turned, with square pixels. */
  readonly width: number;
  readonly height: number;
  /** Clockwise, and then mirrored (left and right change places). */
  readonly rotate: 0 | 90 | 180 | 270;
  readonly mirror: boolean;
}

/** One picture of it. */
export interface CodedVideoPicture {
  readonly data: Uint8Array;
  /** Decoding can start here; parameter sets are in `data`. */
  readonly key: boolean;
  /** Wall time of its arrival, milliseconds: `capturedAt` of the frame that is analysed. */
  readonly capturedAt: number;
}

/** Takes a camera's video as it comes. */
export interface CodedVideoSink {
  /** Before the first picture, and before a key picture that is coded another way. */
  video(video: CodedVideo): void;
  /** In order of decoding, from a key picture on. */
  picture(picture: CodedVideoPicture): void;
  /** There is no more; at most once, with the reason where it failed. */
  end(error?: unknown): void;
}
