import type { QuietScene } from '../domain/quiet-scene.ts';
import { CodedSizes } from './coded-sizes.ts';
import type { EncodedPicture } from './rtsp/encoded-picture.ts';

/** What is to be decoded now, oldest first. */
export interface Due {
  readonly picture: EncodedPicture;
  /** False for what is decoded only because later pictures refer to it. */
  readonly isShown: boolean;
}

/** Pictures kept at most, so that what must be caught up with is bounded. */
const mostKept = 40;
/** A key picture is decoded when so much of `lookEvery` has passed: it costs no other. */
const nearlyDue = 0.75;

/**
 * Coded pictures of a quiet scene, kept undecoded from the latest key picture on: a key picture
 * makes those before it superfluous. One is decoded at least each `lookEvery`, key pictures by
 * choice; as soon as the scene is no longer quiet, the decoder catches up and goes on as usual.
 */
export class RestingPictures {
  readonly #quiet: QuietScene;
  readonly #sizes = new CodedSizes();
  #kept: EncodedPicture[] = [];
  #decodedAt = Number.NEGATIVE_INFINITY;
  #mayRest = true;

  constructor(quiet: QuietScene) {
    this.#quiet = quiet;
  }

  /**
   * @param inStep whether the decoder gives each picture as soon as it has it
   * @returns what to decode now, and how many pictures will never be
   */
  take(picture: EncodedPicture, inStep: boolean): { readonly due: Due[]; readonly left: number } {
    const at = picture.arrivedMonotonic;
    if (!picture.key && this.#sizes.isUnusual(picture.data.length)) this.#quiet.doubt(at);
    const { lookEvery } = this.#quiet;
    if (lookEvery === null || !this.#mayRest || !inStep || !this.#quiet.isQuiet(at)) {
      return this.#all(picture);
    }
    const since = at - this.#decodedAt;
    if (picture.key) {
      const left = this.#kept.length;
      this.#kept = [];
      if (since >= nearlyDue * lookEvery) return { due: this.#all(picture).due, left };
      this.#kept.push(picture);
      return { due: [], left };
    }
    if (since >= lookEvery || this.#kept.length >= mostKept) return this.#all(picture);
    this.#kept.push(picture);
    return { due: [], left: 0 };
  }

  /** The decoder cannot do without what was left out: this stream is decoded as a whole from now on. */
  distrust(): void {
    this.#mayRest = false;
  }

  #all(picture: EncodedPicture): { due: Due[]; left: number } {
    const before = this.#kept.map((kept) => ({ picture: kept, isShown: false }));
    this.#kept = [];
    this.#decodedAt = picture.arrivedMonotonic;
    return { due: [...before, { picture, isShown: true }], left: 0 };
  }
}
