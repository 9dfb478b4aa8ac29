import type { Canvas, Colour } from './canvas.ts';
import type { Waypoint } from './walk-path.ts';

/** How a person is dressed and built; the face comes from a painter. */
export interface Outfit {
  /** Metres, 1.5..2. */
  readonly height: number;
  readonly coat: Colour;
  readonly shirt: Colour;
  readonly trousers: Colour;
  readonly hair: 'short' | 'long';
  readonly hairColour: Colour;
}

/** A person's way through a scene. */
export interface Passer {
  readonly identitySeed: number;
  readonly outfit: Outfit;
  readonly path: readonly Waypoint[];
  /** Seeds of the looks that the face goes through on the way. */
  readonly looks: readonly number[];
}

/** A camera and what it sees: level, looking along z, x to the right, y down, metres. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** Pixels. */
  readonly focalLength: number;
  /** Row of the horizon, pixels. */
  readonly horizon: number;
  /** Metres above the ground. */
  readonly cameraHeight: number;
}

/** How a camera's sensor spoils what it sees. */
export interface CameraLook {
  /** Exposure: 1 leaves the picture as it is. */
  readonly gain: number;
  /** 0 monochrome .. 1 full colour. */
  readonly saturation: number;
  readonly tint: Colour;
  /** Rounds of a small blur. */
  readonly blurs: number;
  /** Variance of the noise is `shot * value + read * read`, values 0..255. */
  readonly shot: number;
  readonly read: number;
  /** Deviation of the fixed column pattern, 0..255. */
  readonly pattern: number;
  /** Share of light lost in the corners. */
  readonly vignette: number;
  /** Least value, 0..255: the sensor's black level. */
  readonly black: number;
}

export interface Scene {
  readonly name: string;
  readonly view: View;
  readonly framesPerSecond: number;
  /** Length of the loop. */
  readonly seconds: number;
  readonly look: CameraLook;
  /** x264 quality, see `encodeFootage`. */
  readonly quality: number;
  readonly passers: readonly Passer[];
  /** What stands still, with its distance. */
  paintBackground(): Canvas;
  /** Colour of the light at a place, 1 for plain white. */
  lightAt(x: number, z: number): Colour;
  /** Slow change of the light, about 1. */
  brightnessAt(time: number): number;
}
