import type { LumaImage } from '../../domain/image/image.ts';
import type { MotionSensitivity } from '../../domain/motion.ts';
import { applyLight, lightChange } from './light-change.ts';

/** How far a value must be from its background to count as changed. */
interface Threshold {
  /** Grey levels. */
  readonly least: number;
  /** Times the noise of its place. */
  readonly noises: number;
}

const thresholds: Readonly<Record<MotionSensitivity, Threshold>> = {
  low: { least: 14, noises: 5.5 },
  medium: { least: 8, noises: 4 },
  high: { least: 5, noises: 3 },
};

/** Time constants of the background, milliseconds: unchanged values, resting and moving changed ones. */
const settles = 3_000;
const absorbs = 5_000;
const remembers = 20_000;
/** Noise, grey levels: at first, and within which it is believed. */
const firstNoise = 2;
const leastNoise = 0.5;
const mostNoise = 12;
/** By how much of itself, and by how many grey levels, noise falls a second where it is less. */
const noiseShare = 0.08;
const noiseStep = 0.2;
/** It rises three times as fast (so it is what three quarters stay below), but slowly where something passes. */
const risesBy = 3;
const risesInMotionBy = 1.5;
/** While a scene is new noise is found in larger steps, for so long, milliseconds. */
const learns = 2_000;
const learnsBy = 8;
/** Where more of a picture has changed, its noise has: nobody fills so much of it for long. */
const mostChanged = 0.3;
/** Parts in turn of which the noise is learnt. */
const turns = 4;
/** What was not seen for longer is another scene, milliseconds. */
const longest = 10_000;

/** What a picture shows against its background. */
export interface Change {
  /** 1 where a value has changed. */
  readonly changed: Uint8Array;
  /** Nothing to compare with: the first picture, or the light or the whole scene is another. */
  readonly isNew: boolean;
}

/**
 * Background of one camera's small pictures: mean and noise of each value, both of which follow
 * the scene. Noise is the upper quartile of the distance to the mean, found by small steps (after
 * the sigma-delta estimator of Manzanera and Richefeu, 2007), so that a night camera's grain, a
 * swaying tree or a screen stop to count, and somebody who passes hardly raises it. Changes of the
 * light as a whole, such as a camera's gain control, are taken out first.
 */
export class Background {
  readonly #threshold: Threshold;
  #width = 0;
  #height = 0;
  #mean = new Float32Array();
  #noise = new Float32Array();
  /** From which distance to the mean a value has changed. */
  #limits = new Float32Array();
  #turn = 0;
  #before = new Uint8Array();
  #changed = new Uint8Array();
  /** Milliseconds that are left to learn in. */
  #learning = 0;
  #changedShare = 0;

  constructor(sensitivity: MotionSensitivity) {
    this.#threshold = thresholds[sensitivity];
  }

  /** Median noise, grey levels; what the threshold follows. */
  get noise(): number {
    const sorted = this.#noise.toSorted();
    return sorted[sorted.length >> 1] ?? 0;
  }

  /**
   * Compares a picture with the background and takes it into it.
   * @param elapsed since the picture before, milliseconds
   * @returns valid until the next call
   */
  update(image: LumaImage, elapsed: number): Change {
    const { width, height, data } = image;
    if (width !== this.#width || height !== this.#height || elapsed > longest) {
      this.#restart(image);
      return { changed: this.#changed, isNew: true };
    }
    const light = lightChange(data, this.#mean, width, height);
    if (light === null) {
      this.#take(data);
      return { changed: this.#changed.fill(0), isNew: true };
    }
    if (light !== 'same') applyLight(this.#mean, light);
    this.#compare(data, elapsed);
    return { changed: this.#changed, isNew: false };
  }

  #compare(data: Uint8Array, elapsed: number): void {
    const mean = this.#mean;
    const limits = this.#limits;
    const changed = this.#changed.fill(0);
    const settle = 1 - Math.exp(-elapsed / settles);
    let count = 0;
    for (let at = 0; at < data.length; at += 1) {
      const difference = (data[at] as number) - (mean[at] as number);
      mean[at] = (mean[at] as number) + settle * difference;
      if (Math.abs(difference) > (limits[at] as number)) {
        changed[at] = 1;
        count += 1;
      }
    }
    if (count > 0) this.#slowDown(data, elapsed, settle);
    this.#learnNoise(data, elapsed, settle);
    this.#before.set(data);
    this.#learning -= elapsed;
    this.#changedShare = count / data.length;
  }

  /** What has changed comes into the background slowly: soon where it rests, late where it moves. */
  #slowDown(data: Uint8Array, elapsed: number, settle: number): void {
    const mean = this.#mean;
    const absorb = 1 - Math.exp(-elapsed / absorbs);
    const remember = 1 - Math.exp(-elapsed / remembers);
    const changed = this.#changed;
    for (let at = changed.indexOf(1); at >= 0; at = changed.indexOf(1, at + 1)) {
      const value = data[at] as number;
      // Before it was taken in like all others.
      const difference = (value - (mean[at] as number)) / (1 - settle);
      const moves = Math.abs(value - (this.#before[at] as number));
      const weight = moves <= (this.#limits[at] as number) ? absorb : remember;
      mean[at] = (mean[at] as number) + (weight - settle) * difference;
    }
  }

  /** Of every fourth value in turn: noise changes slowly. */
  #learnNoise(data: Uint8Array, elapsed: number, settle: number): void {
    const { least, noises: times } = this.#threshold;
    const noises = this.#noise;
    const pace = (turns * elapsed * (this.#learning > 0 ? learnsBy : 1)) / 1000;
    const share = noiseShare * pace;
    const step = noiseStep * pace;
    const isNoisy = this.#learning > 0 || this.#changedShare > mostChanged;
    const risesChangedBy = isNoisy ? risesBy : risesInMotionBy;
    const unsettle = 1 / (1 - settle);
    this.#turn = (this.#turn + 1) % turns;
    for (let at = this.#turn; at < data.length; at += turns) {
      const noise = noises[at] as number;
      const isChanged = this.#changed[at] === 1;
      const distance = Math.abs((data[at] as number) - (this.#mean[at] as number)) * unsettle;
      const unit = share * noise + step;
      const moved = distance <= noise ? -unit : unit * (isChanged ? risesChangedBy : risesBy);
      const next = Math.min(mostNoise, Math.max(leastNoise, noise + moved));
      noises[at] = next;
      this.#limits[at] = Math.max(least, next * times);
    }
  }

  #restart({ width, height, data }: LumaImage): void {
    this.#width = width;
    this.#height = height;
    this.#mean = Float32Array.from(data);
    this.#noise = new Float32Array(data.length).fill(firstNoise);
    const { least, noises } = this.#threshold;
    this.#limits = new Float32Array(data.length).fill(Math.max(least, firstNoise * noises));
    this.#before = Uint8Array.from(data);
    this.#changed = new Uint8Array(data.length);
    this.#learning = learns;
  }

  /** Another scene: what its noise is stays to be seen, what it was is the best guess. */
  #take(data: Uint8Array): void {
    this.#mean.set(data);
    this.#before.set(data);
    this.#learning = learns;
  }
}
