import { type FromWorker, sharedNow } from './messages.ts';
import { StreamClock } from './stream-clock.ts';

/** Where decoded pictures are drawn, and what of them came onto the screen. */
export class Stage {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D | null;
  /** Pixels of the screen that the canvas has on the page. */
  most = { width: 0, height: 0 };
  /** Of the stream that plays. */
  clock = new StreamClock();
  readonly #post: (message: FromWorker) => void;
  /** Stream time of the picture in the canvas that the screen has not shown yet. */
  #painted: number | undefined;
  #drawn = 0;
  #busyMs = 0;

  constructor(canvas: OffscreenCanvas, post: (message: FromWorker) => void) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.#post = post;
  }

  /** Another size empties the canvas. */
  fit(width: number, height: number): void {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }

  /** A coded picture of this stream time came. */
  received(pts: number): void {
    this.clock.received(pts, sharedNow());
  }

  /** The picture of this stream time is in the canvas. */
  painted(pts: number): void {
    const first = this.#painted === undefined;
    this.#painted = pts;
    // Two pictures within one frame of the screen are seen as one, and counted so.
    if (first) requestAnimationFrame(() => this.#shown());
  }

  /** Decoding and drawing took so long. */
  worked(ms: number): void {
    this.#busyMs += ms;
  }

  /** What was drawn, and how long it took, since this was asked last. */
  take(): { readonly drawn: number; readonly busyMs: number } {
    const taken = { drawn: this.#drawn, busyMs: this.#busyMs };
    this.#drawn = 0;
    this.#busyMs = 0;
    return taken;
  }

  #shown(): void {
    const pts = this.#painted;
    if (pts === undefined) return;
    this.#painted = undefined;
    this.#drawn += 1;
    const moment = this.clock.momentOf(pts);
    if (moment !== undefined) this.#post({ type: 'drawn', pts, at: sharedNow(), moment });
  }
}
