import { AV_FRAME_DATA_DISPLAYMATRIX } from 'node-av/constants';
import type { Frame } from 'node-av/lib';

/** How the camera's picture is to be turned, clockwise, and then mirrored (left and right change places). */
export interface Orientation {
  readonly rotate: 0 | 90 | 180 | 270;
  readonly mirror: boolean;
}

export const upright: Orientation = { rotate: 0, mirror: false };

/**
 * What the stream itself says of it with this frame, `null` for nothing: the display matrix (H.264 and H.265 SEI
 * "display orientation"), nine numbers of 16.16 fixed point, row by row.
 * Other than quarter turns do not occur with cameras and count as upright.
 */
export function orientationOf(frame: Frame): Orientation | null {
  const matrix = frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX);
  if (matrix === null || matrix.length < 36) return null;
  const [a, b, c, d] = [0, 4, 12, 16].map((at) => Math.sign(matrix.readInt32LE(at)));
  const mirror = (a ?? 0) * (d ?? 0) - (b ?? 0) * (c ?? 0) < 0;
  // Mirroring comes after the turn and negates x alone: the first column.
  const first = mirror ? -(a ?? 0) : (a ?? 0);
  const second = b ?? 0;
  if (first > 0) return { rotate: 0, mirror };
  if (first < 0) return { rotate: 180, mirror };
  if (second > 0) return { rotate: 90, mirror };
  return second < 0 ? { rotate: 270, mirror } : { rotate: 0, mirror };
}

/** Filters of FFmpeg that turn and mirror. */
export function orientationFilters({ rotate, mirror }: Orientation): string[] {
  const turns = {
    0: [],
    90: ['transpose=clock'],
    180: ['hflip', 'vflip'],
    270: ['transpose=cclock'],
  };
  return [...turns[rotate], ...(mirror ? ['hflip'] : [])];
}
