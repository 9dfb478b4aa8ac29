import type { ClipFaces } from '../../../domain/clip.ts';
import type { Box } from '../../../domain/geometry/box.ts';

/** Where the face that a clip is about is at one moment: all that is known of a recorded file. */
export interface ClipSubject {
  /** Milliseconds from the start of the clip. */
  readonly time: number;
  /** In shares of the picture; null where it is not known. */
  readonly place: Box | null;
}

/** Looks on at what takes long. */
export interface BlurWatch {
  /** Told how much of it is done, 0 to 1, rising. */
  readonly onShare?: (share: number) => void;
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes people unrecognisable whom a case is not about. */
export interface FaceBlur {
  /**
   * @param subject the face that it is about, in shares of the picture; null where it is not known
   * @returns the picture with all other faces hidden, JPEG; null where there is none
   * @throws NightglassError `IMAGE_INVALID`, `INFERENCE_*`
   */
  picture(jpeg: Uint8Array, subject: Box | null): Promise<Uint8Array | null>;
  /**
   * @param seen what was seen in the clip as it was analysed, or a moment from which on and back the
   *   face is followed
   * @returns the clip with all faces but the one that it is about hidden, MP4; null where every
   *   picture was looked at as it will be shown, and there is none
   * @throws NightglassError `STREAM_UNSUPPORTED` where not every picture can be decoded, `ENVIRONMENT`,
   *   `INFERENCE_*`; the reason of `signal` once that is aborted
   */
  clip(
    mp4: Uint8Array,
    seen: ClipFaces | ClipSubject | null,
    watch?: BlurWatch,
  ): Promise<Uint8Array | null>;
}
