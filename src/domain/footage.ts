import type { Box } from './geometry/box.ts';
import type { MatchScores } from './match.ts';
import type { Enhancement } from './raised-alert.ts';

/** A file of a search of recorded footage. */
export interface FootageFile {
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
}

/** A person of a list who was seen in a file: one track, that is, until the face left the picture. */
export interface FootageSighting {
  readonly id: string;
  readonly watchlistId: string;
  readonly watchlistName: string;
  readonly personId: string;
  readonly personName: string;
  /** Index of the file among those searched. */
  readonly file: number;
  /** Seconds in the file: the pictured moment, and when the person was last seen. */
  readonly at: number;
  readonly until: number;
  /** The same as wall time, ISO 8601; null where nobody said when the recording began. */
  readonly time: string | null;
  readonly scores: MatchScores;
  /** Fused score from which on the list reports. */
  readonly threshold: number;
  readonly fpir: number;
  /** Unified quality of the pictured face, 0..100, and its size, pixels between the eyes. */
  readonly quality: number;
  readonly interEyeDistance: number;
  readonly place: Box | null;
  /** Pictures of the face that were compared together. */
  readonly keyframes: number;
  readonly enhancement: Enhancement;
  readonly trackId: string;
  /** Found by a quick look where the search itself has not been yet. */
  readonly preliminary?: true;
}

/** `stopped`: by a person, before the end. */
export type FootageEnd = 'done' | 'stopped' | 'failed';
export type FootageState = 'running' | FootageEnd;

/** A search of recorded footage, as it is on record. Nobody who was seen stands in it. */
export interface FootageJob {
  readonly id: string;
  readonly state: FootageState;
  readonly reason: string;
  readonly watchlistIds: readonly string[];
  readonly files: readonly FootageFile[];
  /** Wall times, milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Seconds of footage that were analysed, and how many sightings they gave. */
  readonly seconds: number;
  readonly sightings: number;
}
