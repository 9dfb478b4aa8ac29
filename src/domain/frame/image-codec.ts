import type { RgbImage } from '../image/image.ts';

/** Quarter turns, degrees clockwise. */
export const turns = [0, 90, 180, 270] as const;
export type Turn = (typeof turns)[number];

/** Still pictures to and from bytes. */
export interface ImageCodec {
  /** JPEG bytes of an image; `quality` 1..100, default 90. */
  encodeJpeg(image: RgbImage, quality?: number): Promise<Uint8Array>;
  /**
   * Decodes JPEG, PNG, WebP or BMP, upright (EXIF orientation applied), then turned as asked.
   * @throws NightglassError `IMAGE_INVALID`, `IMAGE_TOO_LARGE` (over `maxPixels`, default 40 million)
   */
  decode(bytes: Uint8Array, options?: { maxPixels?: number; turn?: Turn }): Promise<RgbImage>;
}
