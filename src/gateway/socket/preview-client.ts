import type { Awaitable } from '../../domain/awaitable.ts';
import { ViewerClient } from './viewer-client.ts';

/** A viewer of the preview: MPEG-1 in MPEG-TS. */
export class PreviewClient extends ViewerClient {
  #skipping = false;

  protected watch(): Awaitable<() => void> {
    const { preview, cameraId } = this.options;
    return preview.watch(
      cameraId,
      (chunk) => this.#chunk(chunk),
      (error) => this.ended(error),
    );
  }

  #chunk(chunk: Uint8Array): void {
    if (!this.isAllowed) return;
    const { session, limits, observer } = this.options;
    const limit = this.#skipping ? limits.previewDropAboveBytes / 8 : limits.previewDropAboveBytes;
    this.#skipping = session.bufferedBytes > limit;
    if (this.#skipping) observer.dropped?.('preview', 1);
    else session.send(chunk, true);
  }
}
