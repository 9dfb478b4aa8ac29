import type { Box } from '../../../domain/geometry/box.ts';

/** Makes people unrecognisable that an alert is not about. */
export interface FaceBlur {
  /**
   * @param subject the alert's own face in shares of the picture; null where it is not known
   * @returns the picture with all other faces hidden, JPEG; null where there is none
   * @throws NightglassError `IMAGE_INVALID`, `INFERENCE_*`
   */
  picture(jpeg: Uint8Array, subject: Box | null): Promise<Uint8Array | null>;
}
