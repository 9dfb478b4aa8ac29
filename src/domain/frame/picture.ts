import type { Box } from '../geometry/box.ts';
import type { LumaImage, RgbImage } from '../image/image.ts';

/**
 * A decoded picture in native memory. All reads are native (no pixel loop in
 * JavaScript) and run off the event loop where the backend can.
 * Reading after `dispose()` rejects with a `TypeError`.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /**
   * The picture, or `crop` of it (pixels, clipped to the picture), scaled to
   * exactly `width` x `height` as RGB. Area filter when minifying, bicubic otherwise.
   * `into`: memory of exactly `width * height * 3` bytes for the pixels, which the result may
   * then be; without it, or where a backend has no use for it, the result has its own.
   */
  rgb(options: { width: number; height: number; crop?: Box; into?: Uint8Array }): Promise<RgbImage>;
  /**
   * The whole picture's brightness at a small size, to compare pictures by: cheap, each value the
   * mean of several pixels around its place.
   */
  luma(size: { width: number; height: number }): Promise<LumaImage>;
  /** The picture, or a part of it, as JPEG. `quality` 1..100, default 85; `maxWidth` scales down. */
  jpeg(options?: { quality?: number; crop?: Box; maxWidth?: number }): Promise<Uint8Array>;
  /** Frees the native memory. Idempotent. */
  dispose(): void;
}
