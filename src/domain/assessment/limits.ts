import type { Measure } from './measures.ts';

/**
 * From where on something of a picture counts as a cause of missed people: the thresholds of all
 * advice, in one place. None speaks on clips without the fault, and on the demo's lobby as cameras
 * with one fault each see it (dark, out of focus, smeared, compressed, from above) that of the
 * fault comes first.
 */
export const limits = {
  /** A face that is darker on the mean, grey levels. */
  dark: 42,
  /** A scene that is darker on the mean, grey levels, and in which nobody is found. */
  darkScene: 30,
  /** Share of the face's pixels that are washed out. */
  clipped: 0.35,
  /** Deviation of the noise, grey levels. */
  noise: 7,
  /** A face is blurred below, in crispness (0: as by a Gaussian of 0.4 of the distance of the eyes). */
  blurred: 0.7,
  /** Blur along one direction from here on. */
  directional: 0.7,
  /** Blocks stand out from here on. */
  blocks: 1,
  /** Bits that a pixel gets at least, where the picture moves; less smears faces. */
  bitsPerPixel: 0.02,
  /** Degrees that the camera looks down on, or up to, the face. */
  pitch: 22,
  /** Degrees that the face is turned aside. */
  yaw: 35,
  /** Pictures a second at least. */
  frameRate: 5,
  /** Pictures of one person at least, for a template of several. */
  framesPerTrack: 5,
  /** Pixels between the eyes: enough to be alerted, and enough for all that is measured to be gained. */
  alertDistance: 14,
  goodDistance: 24,
} as const;

/** What kind of use the measured share of people found allows. */
export const useLimits = {
  /** Share of listed people who are found at the asked rate of false alerts. */
  alerts: 0.5,
  /** Share whose right name stands first, for people who look at candidates. */
  review: 0.25,
  /** Fewer tracks: whatever follows is preliminary. */
  fewTracks: 20,
} as const;

/** Values that speak against nothing; null where a side has no border. */
export interface GoodRange {
  readonly from: number | null;
  readonly to: number | null;
}

const range = (from: number | null, to: number | null): GoodRange => ({ from, to });

const goodRanges: Readonly<Partial<Record<Measure, GoodRange>>> = {
  interEyeDistance: range(limits.alertDistance, null),
  effectiveDistance: range(limits.alertDistance, null),
  sharpness: range(limits.blurred, null),
  directionalBlur: range(null, limits.directional),
  brightness: range(limits.dark, null),
  noise: range(null, limits.noise),
  blockiness: range(null, limits.blocks),
  yaw: range(-limits.yaw, limits.yaw),
  pitch: range(-limits.pitch, limits.pitch),
  framesPerTrack: range(limits.framesPerTrack, null),
  sceneBrightness: range(limits.darkScene, null),
  frameRate: range(limits.frameRate, null),
  bitsPerPixel: range(limits.bitsPerPixel, null),
};

/** Within which values of a measure are no cause of missed people. */
export function goodRange(measure: Measure): GoodRange {
  return goodRanges[measure] ?? range(null, null);
}
