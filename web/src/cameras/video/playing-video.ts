import type { PictureQueue } from './picture-queue.ts';

/** A video that plays, in whatever form. */
export interface PlayingVideo {
  /** Its coded pictures on their way to the decoder. */
  readonly queue: PictureQueue;
}
