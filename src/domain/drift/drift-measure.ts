/** What a value of a measure was taken of. */
export type DriftSubject = 'face' | 'minute' | 'person' | 'alert';

/** A way that a measure can go. */
export type DriftDirection = 'down' | 'up';

interface Measure {
  /** Range of the histogram. */
  readonly from: number;
  readonly to: number;
  /** Equal bins of the logarithm: doubling counts, not the difference. */
  readonly isLogarithmic?: true;
  readonly of: DriftSubject;
  /** Directions in which pictures or recognition become worse, or the view is another. */
  readonly worse: readonly DriftDirection[];
  /**
   * The least change of a day's median that is told of, as a share of the range: smaller ones are of
   * no consequence for faces, however sure they are.
   */
  readonly least: number;
  /** Values of different recognition models do not compare. */
  readonly isOfModel?: true;
  /** Too rare to be kept apart by hours. */
  readonly isRare?: true;
}

/**
 * What is kept of a camera by day, to see when it changes. Sharpness, compression, exposures,
 * quality and recognisability: as the components of a face's quality have them
 * (`src/domain/quality`); noise and brightness: grey levels; between the eyes: pixels; yaw and
 * pitch: degrees, without sign; frame rate: frames a second; scores: cosines.
 */
const registry = {
  sharpness: { from: -0.2, to: 1.4, of: 'face', worse: ['down'], least: 0.05 },
  noise: { from: 0.5, to: 64, isLogarithmic: true, of: 'face', worse: ['up'], least: 0.08 },
  compression: { from: 0, to: 100, of: 'face', worse: ['down'], least: 0.1 },
  interEyeDistance: {
    ...{ from: 4, to: 512, isLogarithmic: true, of: 'face' },
    worse: ['down', 'up'],
    least: 0.05,
  },
  yaw: { from: 0, to: 96, of: 'face', worse: ['up'], least: 0.09 },
  pitch: { from: 0, to: 96, of: 'face', worse: ['up'], least: 0.07 },
  underExposure: { from: 0, to: 1, of: 'face', worse: ['up'], least: 0.12 },
  overExposure: { from: 0, to: 1, of: 'face', worse: ['up'], least: 0.12 },
  quality: { from: 0, to: 100, of: 'face', worse: ['down'], least: 0.08 },
  recognisability: {
    ...{ from: 0, to: 1, of: 'face', isOfModel: true },
    worse: ['down'],
    least: 0.07,
  },
  brightness: { from: 0, to: 256, of: 'minute', worse: ['down', 'up'], least: 0.15 },
  frameRate: {
    from: 0.5,
    to: 128,
    isLogarithmic: true,
    of: 'minute',
    worse: ['down'],
    least: 0.06,
  },
  strangerScore: {
    ...{ from: -0.2, to: 1, of: 'person', isOfModel: true },
    worse: ['up'],
    least: 0.05,
  },
  confirmedScore: {
    ...{ from: -0.2, to: 1, of: 'alert', isOfModel: true, isRare: true },
    worse: ['down'],
    least: 0.07,
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type DriftMeasure = keyof typeof registry;
export const driftMeasures = Object.keys(registry) as readonly DriftMeasure[];

export function driftMeasure(measure: DriftMeasure): Measure {
  return registry[measure];
}

/** Measures that say how people of watchlists and those beside them compare. */
export const scoreMeasures: ReadonlySet<DriftMeasure> = new Set([
  'strangerScore',
  'confirmedScore',
]);

/** Bins of a histogram. */
export const driftBins = 32;

/** The bin that a value falls into; what lies outside falls into the first or last one. */
export function driftBin(measure: DriftMeasure, value: number): number {
  const { from, to, isLogarithmic } = driftMeasure(measure);
  const share = isLogarithmic
    ? Math.log(Math.max(from, value) / from) / Math.log(to / from)
    : (value - from) / (to - from);
  return Math.min(driftBins - 1, Math.max(0, Math.floor(share * driftBins)));
}

/** The value at a share of the range, in the measure's own unit. */
export function driftValue(measure: DriftMeasure, share: number): number {
  const { from, to, isLogarithmic } = driftMeasure(measure);
  return isLogarithmic ? from * (to / from) ** share : from + share * (to - from);
}
