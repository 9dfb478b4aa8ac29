import type { CodedVideo, CodedVideoSink } from '../../domain/coded-video.ts';
import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import type { Orientation } from '../shape/orientation.ts';
import { codecName } from './codec-name.ts';
import type { PreviewSink, PreviewVideo } from './preview-feed.ts';

/** Damaged key pictures in a row that do not say how they are coded, after which nobody waits for another. */
const mostUnreadable = 3;

export interface CodedViewerOptions {
  readonly view: Orientation;
  readonly sink: CodedVideoSink;
  /** The video cannot be passed on; said once. */
  readonly onRefused: (why: string) => void;
}

/**
 * Passes a camera's own pictures on to one viewer, from a key picture on; says how they are coded
 * before the first and whenever that changes. Video that a viewer could not show as the analysis
 * sees it is refused, and so is video that does not say how it is coded.
 */
export class CodedViewer implements PreviewSink {
  readonly #options: CodedViewerOptions;
  #video: PreviewVideo | null = null;
  #said: CodedVideo | null = null;
  #needsKey = true;
  #unreadable = 0;
  #over = false;

  constructor(options: CodedViewerOptions) {
    this.#options = options;
  }

  video(video: PreviewVideo): boolean {
    const why = whyNot(video);
    if (why !== null) this.#refuse(why);
    this.#video = video;
    this.#needsKey = true;
    return !this.#over;
  }

  /** Time stamps begin again; what follows may be coded in another way. */
  restart(): void {
    this.#needsKey = true;
  }

  picture(picture: EncodedPicture): void {
    if (this.#over || this.#video === null) return;
    if (this.#needsKey && !picture.key) return;
    if (picture.key && !this.#announce(picture, this.#video)) return;
    this.#needsKey = false;
    const { data, key, arrivedAt } = picture;
    this.#options.sink.picture({ data, key, capturedAt: arrivedAt });
  }

  /** @returns whether what follows the key picture can be shown */
  #announce({ codec, data, damaged }: EncodedPicture, { width, height }: PreviewVideo): boolean {
    const name = codec === 'h264' || codec === 'hevc' ? codecName(codec, data) : null;
    if (name === null) {
      this.#needsKey = true;
      this.#unreadable += 1;
      // What was lost on the way may be there in the next one; what a camera leaves out is not.
      if (!damaged || this.#unreadable >= mostUnreadable) {
        this.#refuse('its key pictures do not say how it is coded');
      }
      return false;
    }
    this.#unreadable = 0;
    const { rotate, mirror } = this.#options.view;
    const before = this.#said;
    if (before?.codec !== name || before.width !== width || before.height !== height) {
      this.#said = { codec: name, width, height, rotate, mirror };
      this.#options.sink.video(this.#said);
    }
    return true;
  }

  #refuse(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.onRefused(why);
  }
}

function whyNot({ codec, isPlain }: PreviewVideo): string | null {
  if (codec !== 'h264' && codec !== 'hevc') return `browsers take no ${codec} video`;
  return isPlain ? null : 'its pictures are interlaced, or turned by what the stream says';
}
