/** How many cameras the wall can show at once. */
export const wallSizes = [1, 4, 9, 16] as const;
export type WallSize = (typeof wallSizes)[number];

/** The smallest wall that holds all cameras, or the largest there is. */
export function fittingSize(cameras: number): WallSize {
  return wallSizes.find((size) => size >= cameras) ?? 16;
}

export interface WallPage {
  /** Counted from 0, within what there is. */
  readonly page: number;
  readonly pages: number;
  /** The part of the cameras that is shown, as `slice` takes it. */
  readonly from: number;
  readonly to: number;
  /** Places of the grid: not fewer on a last page that is not full, so that tiles keep their size. */
  readonly places: number;
}

/** Which cameras stand on a page of the wall. */
export function wallPage(cameras: number, size: WallSize, wanted: number): WallPage {
  const pages = Math.max(1, Math.ceil(cameras / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const from = page * size;
  const to = Math.min(cameras, from + size);
  return { page, pages, from, to, places: Math.min(size, cameras) };
}
