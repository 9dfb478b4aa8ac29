/** A small picture in memory: 8-bit RGB, interleaved, rows top-down without padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes. */
  readonly data: Uint8Array;
}

/** 8-bit brightness, rows top-down without padding. */
export interface LumaImage {
  readonly width: number;
  readonly height: number;
  /** `width * height` bytes. */
  readonly data: Uint8Array;
}
