import { PictureTap } from './picture-tap.ts';
import type { PreviewFeed, PreviewSink } from './preview/preview-feed.ts';

/** A stream that is pulled once, for all who watch, and only while somebody does. */
export class OnDemandFeed implements PreviewFeed {
  readonly #open: (tap: PictureTap) => () => void;
  #tap = new PictureTap();
  #close: (() => void) | null = null;
  #sinks = 0;

  /** @param open pulls the stream into the tap. @returns ends it */
  constructor(open: (tap: PictureTap) => () => void) {
    this.#open = open;
  }

  attach(sink: PreviewSink): () => void {
    this.#sinks += 1;
    if (this.#sinks === 1) {
      this.#tap = new PictureTap();
      this.#close = this.#open(this.#tap);
    }
    const detach = this.#tap.attach(sink);
    let attached = true;
    return () => {
      if (!attached) return;
      attached = false;
      detach();
      this.#sinks -= 1;
      if (this.#sinks > 0) return;
      this.#close?.();
      this.#close = null;
    };
  }
}
