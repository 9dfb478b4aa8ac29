import type { Awaitable } from '../../domain/awaitable.ts';
import type { CodedVideo, CodedVideoPicture } from '../../domain/coded-video.ts';
import { ViewerClient } from './viewer-client.ts';

/** Before each picture: flags, seven bytes that mean nothing yet, and its time. */
const headBytes = 16;
const keyFlag = 1;

/** A viewer of a camera's video as it is coded. What is too much for it goes, up to a key picture. */
export class CodedClient extends ViewerClient {
  #missed = 0;

  protected watch(): Awaitable<() => void> {
    const { preview, cameraId } = this.options;
    return preview.watchCoded(cameraId, {
      video: (video) => this.#video(video),
      picture: (picture) => this.#picture(picture),
      end: (error) => this.ended(error),
    });
  }

  #video(video: CodedVideo): void {
    if (this.isAllowed) this.options.session.sendJson({ type: 'video', ...video });
  }

  #picture({ data, key, capturedAt }: CodedVideoPicture): void {
    if (!this.isAllowed) return;
    const { session, limits, observer } = this.options;
    const most = limits.previewDropAboveBytes;
    const waiting = session.bufferedBytes;
    // A picture that is missing spoils those after it, up to the next key picture.
    const isSkipped = this.#missed === 0 ? waiting > most : !key || waiting > most / 8;
    if (isSkipped) {
      this.#missed += 1;
      observer.dropped?.('preview', 1);
      return;
    }
    if (this.#missed > 0) session.sendJson({ type: 'missed', count: this.#missed });
    this.#missed = 0;
    const message = Buffer.allocUnsafe(headBytes + data.length);
    message.fill(0, 0, 8);
    message[0] = key ? keyFlag : 0;
    message.writeDoubleLE(capturedAt, 8);
    message.set(data, headBytes);
    session.send(message, true);
  }
}
