import type { VideoMode } from './picture-queue.ts';

/** What the page tells a video worker. */
export type ToWorker =
  | {
      readonly type: 'open';
      /** Of the gateway. */
      readonly address: string;
      readonly cameraId: string;
      readonly canvas: OffscreenCanvas;
    }
  | { readonly type: 'mode'; readonly mode: VideoMode }
  /** Pixels of the screen that the canvas has on the page. */
  | { readonly type: 'size'; readonly width: number; readonly height: number };

/** How a video keeps up, over the last second. */
export interface Pace {
  /** Pictures a second that came and that were put on the screen. */
  readonly received: number;
  readonly drawn: number;
  /** Pictures left out because decoding was too slow; not those that the mode leaves out. */
  readonly skipped: number;
  /** Share of the worker's time that decoding and drawing took, 0..1; WebCodecs decodes elsewhere. */
  readonly busy: number;
}

/** In which form a video comes: as the camera sends it, or as the preview's MPEG-1. */
export type VideoForm = 'coded' | 'mpeg1';

/** What a video worker tells the page. */
export type FromWorker =
  | { readonly type: 'form'; readonly form: VideoForm }
  | {
      readonly type: 'drawn';
      /** The picture's time in the stream. */
      readonly pts: number;
      /** When the picture came onto the screen, and when it would have arrived without any delay. */
      readonly at: number;
      readonly moment: number;
    }
  | { readonly type: 'pace'; readonly pace: Pace }
  | { readonly type: 'closed'; readonly code: number; readonly message: string | undefined };

/** The time on a clock that page and worker share, milliseconds since the epoch. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}
