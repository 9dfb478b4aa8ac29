import { gatewayAddress } from '../../page/gateway-address.ts';
import type { FromWorker, Pace, ToWorker, VideoForm } from './messages.ts';
import type { VideoMode } from './picture-queue.ts';

export interface VideoPlayerHandlers {
  /** A picture is on the screen: its time in the stream, then times on the page's clock, milliseconds. */
  drawn(pts: number, moment: number, at: number): void;
  /** The video comes in this form from now on. */
  form(form: VideoForm): void;
  pace(pace: Pace): void;
  closed(code: number, message: string | undefined): void;
}

/** True where videos can be drawn by a worker. */
export const videoSupported = 'transferControlToOffscreen' in HTMLCanvasElement.prototype;

/** Plays one camera into a canvas, once; ends when the socket closes or `close` is called. */
export class VideoPlayer {
  readonly #worker: Worker;

  /** @param canvas one that was never drawn into */
  constructor(cameraId: string, canvas: HTMLCanvasElement, handlers: VideoPlayerHandlers) {
    this.#worker = new Worker(new URL('./video.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case 'drawn':
          return handlers.drawn(
            data.pts,
            data.moment - performance.timeOrigin,
            data.at - performance.timeOrigin,
          );
        case 'form':
          return handlers.form(data.form);
        case 'pace':
          return handlers.pace(data.pace);
        default:
          return handlers.closed(data.code, data.message);
      }
    };
    this.#worker.onerror = () => handlers.closed(0, undefined);
    const offscreen = canvas.transferControlToOffscreen();
    this.#post({ type: 'open', address: gatewayAddress(), cameraId, canvas: offscreen }, [
      offscreen,
    ]);
  }

  set mode(mode: VideoMode) {
    this.#post({ type: 'mode', mode });
  }

  /** How large the canvas is on the page, in pixels of the screen. */
  resize(width: number, height: number): void {
    this.#post({ type: 'size', width, height });
  }

  close(): void {
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
