import { type Cause, causes } from './causes.ts';
import { emptyCounts } from './histogram.ts';
import { type Measure, measureNames, measures } from './measures.ts';

/** What an assessment keeps: counts, nothing of any single face, track or picture. */
export interface Gathered {
  /** Media time that was looked at, seconds. */
  seconds: number;
  frames: number;
  faces: number;
  tracks: number;
  /** Tracks of which at least one picture passed gate and recogniser. */
  usable: number;
  /** Usable ones of which several pictures were pooled. */
  pooled: number;
  /** Tracks without a usable picture, by what mostly spoke against them. */
  readonly unusable: Record<string, number>;
  readonly counts: Record<Measure, number[]>;
  /** Tracks at which each cause was at work. */
  readonly causes: Record<Cause, CauseCounts>;
}

/** Tracks with one cause at work, by pixels between the eyes (bins of `interEyeDistance`). */
export interface CauseCounts {
  tracks: number;
  /** As they stand in the picture. */
  readonly seen: number[];
  /** As recognisable as they are; only of those that are usable. */
  readonly effective: number[];
}

export function nothingGathered(): Gathered {
  const ofMeasures = measureNames.map((name) => [name, emptyCounts(measures[name].edges)]);
  const ofCauses = causes.map((cause) => [
    cause,
    {
      tracks: 0,
      seen: emptyCounts(measures.interEyeDistance.edges),
      effective: emptyCounts(measures.interEyeDistance.edges),
    },
  ]);
  return {
    seconds: 0,
    frames: 0,
    faces: 0,
    tracks: 0,
    usable: 0,
    pooled: 0,
    unusable: {},
    counts: Object.fromEntries(ofMeasures) as Record<Measure, number[]>,
    causes: Object.fromEntries(ofCauses) as Record<Cause, CauseCounts>,
  };
}
