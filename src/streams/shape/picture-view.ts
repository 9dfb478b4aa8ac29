import type { Mask } from '../../domain/camera-scene.ts';
import type { Box } from '../../domain/geometry/box.ts';
import { maskParts } from './mask-parts.ts';
import { type Orientation, orientationFilters, upright } from './orientation.ts';

/** How a camera's picture is to be shown and analysed, beside what the stream says of it. */
export interface PictureView extends Orientation {
  /** Blackened before anything sees the picture: analysis, evidence and preview alike. */
  readonly masks: readonly Mask[];
}

export const plainView: PictureView = { ...upright, masks: [] };

/** Filters of FFmpeg that turn, mirror and then blacken. */
export function viewFilters(view: PictureView): string[] {
  return [...orientationFilters(view), ...maskParts(view.masks).map(maskFilter)];
}

/** Rounded outwards: a mask never shows a row of what it hides. */
function maskFilter({ x, y, width, height }: Box): string {
  const from = (side: string, at: number) => `floor(${side}*${at})`;
  const size = (side: string, at: number, part: number) =>
    `ceil(${side}*${at + part})-floor(${side}*${at})`;
  const place = `x=${from('iw', x)}:y=${from('ih', y)}`;
  return `drawbox=${place}:w=${size('iw', x, width)}:h=${size('ih', y, height)}:color=black:t=fill`;
}
