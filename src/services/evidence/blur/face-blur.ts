import type { ClipFaces } from '../../../domain/clip.ts';
import type { Box } from '../../../domain/geometry/box.ts';

/** Makes people unrecognisable that an alert is not about. */
export interface FaceBlur {
  /**
   * @param subject the alert's own face in shares of the picture; null where it is not known
   * @returns the picture with all other faces hidden, JPEG; null where there is none
   * @throws NightglassError `IMAGE_INVALID`, `INFERENCE_*`
   */
  picture(jpeg: Uint8Array, subject: Box | null): Promise<Uint8Array | null>;
  /**
   * @param seen what was seen in the clip as it was analysed
   * @returns the clip with all faces but the alert's own hidden, MP4; null where there is none
   * @throws NightglassError `STREAM_UNSUPPORTED`, `ENVIRONMENT`, `INFERENCE_*`
   */
  clip(mp4: Uint8Array, seen: ClipFaces | null): Promise<Uint8Array | null>;
}
