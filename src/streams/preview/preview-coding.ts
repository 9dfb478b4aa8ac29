/** How the preview is coded: MPEG-1, since JSMpeg plays it in every browser at low latency. */
export const previewCoding = {
  /** Ticks a second; MPEG-1 knows only rates from 23.976, so slower cameras keep gaps between pictures. */
  rate: 25,
  /** Bits a second. */
  bitRate: 2_000_000,
  maxBitRate: 2_500_000,
  bufferBits: 500_000,
  /** Pictures from one key picture to the next. */
  keyEvery: 12,
} as const;

/** FFmpeg filter that bounds the width to 960 pixels and makes both sides even. */
export const previewScale = "scale=w='min(960,trunc(iw/2)*2)':h=-2";
