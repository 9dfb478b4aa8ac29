import { NightglassError } from '../errors.ts';
import type { LumaImage } from '../image/image.ts';
import { BlockGridGatherer } from './block-grid.ts';
import { frameTiming } from './frame-timing.ts';
import { NoiseGatherer } from './noise-gatherer.ts';
import { cameraNoise, grainOf, leastPictures, type NoiseProfile } from './noise-profile.ts';
import { type PatternMap, patternMap } from './pattern-map.ts';

/** What a stream says beside its pictures. */
export interface StreamFacts {
  readonly bitsPerPixel: number | null;
  /** Mean over pictures; null where the decoder does not tell. */
  readonly quantiser: number | null;
  /** Media times of all pictures that came, also of those that were too many to be looked at. */
  readonly times: readonly number[];
}

/** Mean difference of the channels below which a picture is monochrome, grey values: noise of the scaling alone. */
const monochrome = 2;

/** Gathers what a noise profile is made of, picture by picture. */
export class NoiseMeasurement {
  readonly #noise = new NoiseGatherer();
  readonly #grid = new BlockGridGatherer();
  #colour = 0;
  #looked = 0;
  #video = { width: 0, height: 0 };

  /** @param colour mean difference between the largest and the smallest channel, grey values */
  add(luma: LumaImage, colour: number): void {
    this.#video = { width: luma.width, height: luma.height };
    this.#noise.add(luma);
    if (this.#looked % 10 === 0) this.#grid.add(luma);
    this.#colour += colour;
    this.#looked += 1;
  }

  /** @throws NightglassError `MEASUREMENT_FAILED` */
  profile(source: string, facts: StreamFacts, measuredAt: string): NoiseProfile {
    const measured = this.#noise.sums === null ? null : cameraNoise(this.#noise.sums);
    const { bitsPerPixel, quantiser, times } = facts;
    const timing = frameTiming(times);
    if (measured === null || timing === null || this.#looked < leastPictures) {
      throw new NightglassError(
        'MEASUREMENT_FAILED',
        `Cannot measure the noise of ${source}: ${this.#looked} pictures, too little of which stood still`,
        {
          hint: `It takes ${leastPictures} pictures and a scene that is not all dark, all bright, or moving.`,
        },
      );
    }
    const colour = this.#colour / this.#looked;
    return {
      ...{ version: 1, source, measuredAt },
      seconds: ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000,
      video: this.#video,
      noise: {
        shot: Math.sqrt(measured.transfer.gain / 255),
        read: measured.transfer.read / 255,
        column: measured.fixed.column / 255,
        row: measured.fixed.row / 255,
        rowNoise: measured.rowNoise / 255,
        pixel: measured.fixed.pixel / 255,
        hot: measured.fixed.hotShare,
        grain: grainOf(measured.alike),
      },
      blur: measured.blur,
      infrared: colour < monochrome,
      colour,
      grid: this.#grid.grid(),
      ...{ quantiser, bitsPerPixel, frameRate: timing, measured },
    };
  }

  /** The fixed pattern as a picture; null before there are pairs of pictures. */
  pattern(): PatternMap | null {
    return this.#noise.sums === null ? null : patternMap(this.#noise.sums);
  }
}
