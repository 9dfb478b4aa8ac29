import type { Box } from '../../domain/geometry/box.ts';
import type { LumaImage } from '../../domain/image/image.ts';
import type { LookReason, MotionSettings } from '../../domain/motion.ts';
import { Background } from './background.ts';
import { movingRegions } from './moving-regions.ts';

/** Longer side of the picture that is compared, pixels. */
const longerSide = 192;
/** What has just moved is looked at a little longer, milliseconds. */
const lingers = 400;
/** While the noise of a scene is not known yet every picture is looked at, milliseconds. */
const learns = 2_000;

type WatchSettings = Pick<MotionSettings, 'lookEvery' | 'lookAtLeastEvery' | 'sensitivity'>;

/** What is made of a picture. */
export interface Watched {
  readonly look: Exclude<LookReason, 'always'>;
  /** In shares of the picture. */
  readonly moving: readonly Box[];
}

/** Size at which pictures are compared, with their proportions. */
export function watchSize(picture: { readonly width: number; readonly height: number }): {
  readonly width: number;
  readonly height: number;
} {
  const scale = Math.min(1, longerSide / Math.max(picture.width, picture.height));
  const side = (length: number) => Math.max(4, Math.round((length * scale) / 4) * 4);
  return { width: side(picture.width), height: side(picture.height) };
}

/** Decides which pictures of one camera are looked at. Holds state; one a subscription. */
export class MotionWatch {
  readonly #settings: WatchSettings;
  readonly #background: Background;
  readonly #isWatched: ((x: number, y: number) => boolean) | null;
  #mask: { readonly width: number; readonly height: number; readonly data: Uint8Array } | null =
    null;
  #time: number | undefined;
  #learnsUntil = 0;
  #movedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** How long the next look at a still picture waits, milliseconds. */
  #wait: number;

  /** @param isWatched whether motion counts at a place, in shares of the picture; null: everywhere */
  constructor(
    settings: WatchSettings,
    isWatched: ((x: number, y: number) => boolean) | null = null,
  ) {
    this.#settings = settings;
    this.#wait = settings.lookEvery;
    this.#background = new Background(settings.sensitivity);
    this.#isWatched = isWatched;
  }

  /**
   * @param image of `watchSize`
   * @param time milliseconds, never decreasing
   * @param holds whether a face was found so recently that its track lives
   */
  update(image: LumaImage, time: number, holds: boolean): Watched {
    const { sensitivity } = this.#settings;
    const elapsed = time - (this.#time ?? time);
    this.#time = time;
    const { changed, isNew } = this.#background.update(image, elapsed);
    if (isNew) this.#learnsUntil = time + learns;
    this.#leaveOut(changed, image);
    const moving = isNew ? [] : movingRegions(changed, image, sensitivity);
    if (moving.length > 0 || time < this.#learnsUntil) this.#movedAt = time;
    const look = this.#reason(time, holds);
    if (look !== 'still') this.#looksAt(time, look);
    return { look, moving };
  }

  #looksAt(time: number, look: Watched['look']): void {
    const { lookEvery, lookAtLeastEvery = lookEvery } = this.#settings;
    this.#lookedAt = time;
    // A face that the last look had found would hold: that one was for nothing.
    this.#wait = look === 'interval' ? Math.min(2 * this.#wait, lookAtLeastEvery) : lookEvery;
  }

  #reason(time: number, holds: boolean): Watched['look'] {
    if (time - this.#movedAt <= lingers) return 'motion';
    if (holds) return 'face';
    // Pictures come at intervals of their own: the one nearest to the time is looked at.
    return time - this.#lookedAt >= this.#wait - 50 ? 'interval' : 'still';
  }

  #leaveOut(changed: Uint8Array, { width, height }: LumaImage): void {
    if (this.#isWatched === null) return;
    if (this.#mask?.width !== width || this.#mask.height !== height) {
      const data = new Uint8Array(width * height);
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          data[y * width + x] = this.#isWatched((x + 0.5) / width, (y + 0.5) / height) ? 1 : 0;
        }
      }
      this.#mask = { width, height, data };
    }
    const mask = this.#mask.data;
    for (let at = 0; at < changed.length; at += 1) {
      if (mask[at] === 0) changed[at] = 0;
    }
  }
}
