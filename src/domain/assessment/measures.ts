/** How a measure is counted: its unit and the borders of its bins, rising. */
export interface MeasureBins {
  readonly unit: string;
  /** One more than there are bins; what lies outside counts in the first or the last one. */
  readonly edges: readonly number[];
}

/** `count` bins of one ratio, so that each doubling is as wide as any other. */
function doubling(from: number, to: number, count: number): number[] {
  const ratio = (to / from) ** (1 / count);
  return Array.from({ length: count + 1 }, (_, i) => Number((from * ratio ** i).toPrecision(5)));
}

function even(from: number, to: number, count: number): number[] {
  const width = (to - from) / count;
  return Array.from({ length: count + 1 }, (_, i) => Number((from + i * width).toPrecision(5)));
}

/**
 * What an assessment counts. Of a face: of the best picture of each track, as that is what a
 * template is made of.
 */
export const measures = {
  interEyeDistance: { unit: 'px', edges: doubling(3, 96, 40) },
  /** Distance at which the evaluation's faces are as recognisable; see `effectiveDistance`. */
  effectiveDistance: { unit: 'px', edges: doubling(3, 96, 40) },
  recognisability: { unit: 'share', edges: even(0, 1, 20) },
  sharpness: { unit: 'crispness', edges: even(-0.5, 1.5, 20) },
  directionalBlur: { unit: 'share', edges: even(0, 1, 20) },
  brightness: { unit: 'grey level', edges: even(0, 255, 17) },
  clipped: { unit: 'share', edges: even(0, 1, 20) },
  noise: { unit: 'grey level', edges: even(0, 24, 24) },
  blockiness: { unit: 'blockiness', edges: even(0, 2, 20) },
  yaw: { unit: 'degree', edges: even(-90, 90, 18) },
  pitch: { unit: 'degree', edges: even(-90, 90, 18) },
  framesPerTrack: { unit: 'frames', edges: doubling(1, 512, 18) },
  keyframesPerTrack: { unit: 'keyframes', edges: even(-0.5, 10.5, 11) },
  /** Mean grey level of the whole picture, whether faces are in it or not. */
  sceneBrightness: { unit: 'grey level', edges: even(0, 255, 17) },
  frameRate: { unit: '1/s', edges: doubling(0.5, 64, 28) },
  bitsPerPixel: { unit: 'bit', edges: doubling(0.001, 4, 24) },
} as const satisfies Readonly<Record<string, MeasureBins>>;

export type Measure = keyof typeof measures;
export const measureNames = Object.keys(measures) as readonly Measure[];
