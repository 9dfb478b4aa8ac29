import type { EncodedPicture } from '../rtsp/encoded-picture.ts';

/** A group beyond this is not kept: the preview then waits for the next key picture. */
const maxBytes = 4 * 1024 * 1024;
const maxPictures = 300;

/** The latest key picture and what followed it, so that a preview can start at once. */
export class GroupCache {
  #pictures: EncodedPicture[] = [];
  #bytes = 0;
  #broken = true;

  push(picture: EncodedPicture): void {
    if (picture.key) this.clear(false);
    if (this.#broken) return;
    this.#bytes += picture.data.length;
    if (this.#bytes > maxBytes || this.#pictures.length >= maxPictures) {
      this.clear(true);
      return;
    }
    this.#pictures.push(picture);
  }

  get pictures(): readonly EncodedPicture[] {
    return this.#pictures;
  }

  /** @param broken whether to wait for a key picture */
  clear(broken = true): void {
    this.#pictures = [];
    this.#bytes = 0;
    this.#broken = broken;
  }
}
