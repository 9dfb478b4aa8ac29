import { type Orientation, orientationFilters, upright } from './orientation.ts';

/** A part of the picture, upright, in shares of its sides from the top left. */
export interface PicturePart {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a camera's picture is to be shown and analysed, beside what the stream says of it. */
export interface PictureView extends Orientation {
  /** Blackened before anything sees the picture: analysis, evidence and preview alike. */
  readonly masks: readonly PicturePart[];
}

export const plainView: PictureView = { ...upright, masks: [] };

/** Filters of FFmpeg that turn, mirror and then blacken. */
export function viewFilters(view: PictureView): string[] {
  return [...orientationFilters(view), ...view.masks.map(maskFilter)];
}

/** Rounded outwards: a mask never shows a row of what it hides. */
function maskFilter({ x, y, width, height }: PicturePart): string {
  const from = (side: string, at: number) => `floor(${side}*${at})`;
  const size = (side: string, at: number, part: number) =>
    `ceil(${side}*${at + part})-floor(${side}*${at})`;
  const place = `x=${from('iw', x)}:y=${from('ih', y)}`;
  return `drawbox=${place}:w=${size('iw', x, width)}:h=${size('ih', y, height)}:color=black:t=fill`;
}
