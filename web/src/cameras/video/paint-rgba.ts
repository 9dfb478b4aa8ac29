/** Planes of a decoded picture; rows of luma are a multiple of 16 wide, chroma is half of both sizes. */
export interface Planes {
  readonly y: Uint8ClampedArray;
  readonly cb: Uint8ClampedArray;
  readonly cr: Uint8ClampedArray;
}

/** Clamps what luma and chroma sum up to, -277..534, to a byte without a branch. */
const below = 320;
const clamped = Uint8ClampedArray.from({ length: 960 }, (_, index) => index - below);
/** BT.601 in video range, as 8-bit fixed point. */
const luma = Int16Array.from({ length: 256 }, (_, y) => Math.round(1.1644 * (y - 16)));
const redOfCr = Int16Array.from({ length: 256 }, (_, cr) => Math.round(1.596 * (cr - 128)));
const greenOfCr = Int16Array.from({ length: 256 }, (_, cr) => Math.round(-0.813 * (cr - 128)));
const greenOfCb = Int16Array.from({ length: 256 }, (_, cb) => Math.round(-0.3918 * (cb - 128)));
const blueOfCb = Int16Array.from({ length: 256 }, (_, cb) => Math.round(2.0172 * (cb - 128)));

/**
 * Writes the picture as opaque pixels, four bytes each in the order red, green,
 * blue, alpha (of a little-endian machine).
 *
 * @param out `width` x `height` pixels
 */
export function paintRgba(planes: Planes, width: number, height: number, out: Uint32Array): void {
  const stride = ((width + 15) >> 4) << 4;
  const { y, cb, cr } = planes;
  for (let row = 0; row < height; row += 1) {
    let at = row * stride;
    let chroma = (row >> 1) * (stride >> 1);
    let pixel = row * width;
    for (let column = 0; column < width; column += 2) {
      const red = redOfCr[cr[chroma] as number] as number;
      const green =
        (greenOfCr[cr[chroma] as number] as number) + (greenOfCb[cb[chroma] as number] as number);
      const blue = blueOfCb[cb[chroma] as number] as number;
      chroma += 1;
      const first = (luma[y[at] as number] as number) + below;
      out[pixel] =
        0xff000000 |
        ((clamped[first + blue] as number) << 16) |
        ((clamped[first + green] as number) << 8) |
        (clamped[first + red] as number);
      if (column + 1 < width) {
        const second = (luma[y[at + 1] as number] as number) + below;
        out[pixel + 1] =
          0xff000000 |
          ((clamped[second + blue] as number) << 16) |
          ((clamped[second + green] as number) << 8) |
          (clamped[second + red] as number);
      }
      at += 2;
      pixel += 2;
    }
  }
}
