import type { Frame } from '../../src/domain/frame/frame.ts';
import { readPictures } from '../../src/streams/recorded/file-source.ts';
import {
  type FootageOptions,
  type FootagePicture,
  footageFrames,
} from '../../src/streams/recorded/footage.ts';

/** A stretch of a video file. */
export interface Cut {
  readonly path: string;
  /** Seconds from its start; default: all of it. */
  readonly from?: number;
  readonly to?: number;
}

/**
 * Stretches of video files one after the other, as one recording whose media time goes on over
 * the cuts. A stretch named again is played again.
 * @throws NightglassError as `openFile`
 */
export function openCuts(
  options: FootageOptions & { readonly cuts: Iterable<Cut> },
): AsyncGenerator<Frame, void, undefined> {
  return footageFrames(joined(options), options);
}

async function* joined({
  cuts,
  ...options
}: FootageOptions & { readonly cuts: Iterable<Cut> }): AsyncGenerator<FootagePicture> {
  let base = 0;
  for (const { path, from = 0, to = Number.POSITIVE_INFINITY } of cuts) {
    let last = 0;
    let interval = 40;
    for await (const { picture, mediaTime } of readPictures({ ...options, path })) {
      if (mediaTime < from * 1_000) {
        picture.dispose();
        continue;
      }
      if (mediaTime >= to * 1_000) {
        picture.dispose();
        break;
      }
      const time = mediaTime - from * 1_000;
      if (time > last) interval = time - last;
      last = time;
      yield { picture, mediaTime: base + time };
    }
    base += last + interval;
  }
}
