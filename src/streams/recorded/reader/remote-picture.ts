import type { Picture } from '../../../domain/frame/picture.ts';
import type { LumaImage, RgbImage } from '../../../domain/image/image.ts';
import type { PictureAsked } from './reader-messages.ts';

/** What a picture asks of the thread that holds it. */
export interface PictureHolder {
  ask(id: number, asked: PictureAsked): Promise<RgbImage | LumaImage | Uint8Array>;
  free(id: number): void;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A decoded picture that a reader's thread holds; what is asked of it is done there. */
export class RemotePicture implements Picture {
  readonly width: number;
  readonly height: number;
  readonly #holder: PictureHolder;
  readonly #id: number;
  readonly #luma: LumaImage | null;
  #disposed = false;

  constructor(
    holder: PictureHolder,
    { id, width, height, luma }: Size & { readonly id: number; readonly luma: LumaImage | null },
  ) {
    this.#holder = holder;
    this.#id = id;
    this.width = width;
    this.height = height;
    this.#luma = luma;
  }

  async rgb(options: Parameters<Picture['rgb']>[0]): Promise<RgbImage> {
    const { into } = options;
    const shared = into !== undefined && into.buffer instanceof SharedArrayBuffer;
    const { into: _, ...rest } = options;
    const image = (await this.#ask({ kind: 'rgb', options: shared ? options : rest })) as RgbImage;
    // The same memory, as a view of another thread.
    if (shared) return { ...image, data: into };
    if (into === undefined) return image;
    into.set(image.data);
    return { ...image, data: into };
  }

  luma(size: Size): Promise<LumaImage> {
    const ready = this.#luma;
    if (ready !== null && ready.width === size.width && ready.height === size.height) {
      return this.#disposed ? this.#gone() : Promise.resolve(ready);
    }
    return this.#ask({ kind: 'luma', options: size }) as Promise<LumaImage>;
  }

  jpeg(options: Parameters<Picture['jpeg']>[0] = {}): Promise<Uint8Array> {
    return this.#ask({ kind: 'jpeg', options }) as Promise<Uint8Array>;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#holder.free(this.#id);
  }

  #ask(asked: PictureAsked): Promise<RgbImage | LumaImage | Uint8Array> {
    return this.#disposed ? this.#gone() : this.#holder.ask(this.#id, asked);
  }

  #gone(): Promise<never> {
    return Promise.reject(new TypeError('Cannot read a picture: it is disposed'));
  }
}
