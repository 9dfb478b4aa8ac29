import type { ErrorCode } from './errors.ts';
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

/** A file of a search on record. */
export interface FootageJobFile {
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, hex; null until the search has read it. */
  readonly sha256: string | null;
  /** How long it is; null where nothing in it says so, or it was not read yet. */
  readonly seconds?: number | null;
  /** Code of the error for which it was left out, wholly or from some place on. */
  readonly failure?: ErrorCode;
  /** Which file was hashed, so that another one under its name is known; for nobody to see. */
  readonly identity?: string;
}

/** How far a file was searched. */
export interface FilePosition {
  readonly seconds: number;
  readonly done: boolean;
}

/** How footage is gone through: by its key pictures alone, or by all of them. */
export type FootagePass = 'quick' | 'search';

/** What a search went through, over all files. */
export interface FootageFigures {
  /** Of footage. */
  seconds: number;
  /** Decoded; in how many of them faces were looked for; faces found, and pictures compared. */
  frames: number;
  looked: number;
  faces: number;
  keyframes: number;
  /** People who were followed and compared; one who goes and comes again counts again. */
  tracks: number;
  /** Pictures that could not be decoded. */
  damaged: number;
  /** Faces that were too many at once to be compared: normally none. */
  lost: number;
  /** Frames in memory at once, at most. */
  mostFrames: number;
  /** Sightings of a search of the running program that were one too many to be kept. */
  beyond?: number;
}

/** `stopped`: by a person, before the end. */
export type FootageEnd = 'done' | 'stopped' | 'failed';

/**
 * `asked`: waits for a second person; `waiting`: for its turn; `refused`: by the second person. A
 * command knows `running` and the ends alone.
 */
export const footageStates = [
  ...(['asked', 'waiting', 'running', 'paused', 'done', 'stopped', 'failed', 'refused'] as const),
];
export type FootageState = (typeof footageStates)[number];

/** A search of recorded footage, as it is on record. Nobody who was seen stands in it. */
export interface FootageJob {
  readonly id: string;
  /** Who runs it: a command, or the running program. */
  readonly origin: 'command' | 'program';
  readonly state: FootageState;
  readonly reason: string;
  /** Key pictures are looked at first; always false of a command. */
  readonly quick: boolean;
  readonly watchlistIds: readonly string[];
  readonly files: readonly FootageJobFile[];
  readonly askedBy: string;
  /** The second person, who authorised or refused it; null where none did. */
  readonly decidedBy: string | null;
  /** Wall time at which the first file begins, milliseconds; null where nobody said so. */
  readonly beginsAt: number | null;
  /** Wall times, milliseconds: when it was asked for, and when it ended. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Seconds of footage that were analysed, and how many sightings they gave. */
  readonly seconds: number;
  readonly sightings: number;
  /** What was gone through; null before it began, and of a command. */
  readonly figures: FootageFigures | null;
  /** Why it failed. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** How far a search is that is at work. */
export interface FootageProgress {
  /**
   * `reading`: its files are opened and hashed; a share of them is. `quick`: its key pictures are
   * looked at; what is said of seconds is said of that look.
   */
  readonly phase: 'reading' | 'quick' | 'searching';
  readonly share: number | null;
  /** Seconds of footage that were searched, and of all files; null where a file does not say. */
  readonly seconds: number;
  readonly total: number | null;
  /** Seconds of footage a second of work; null at first. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
}

/** Pictures of a sighting that may be kept: none of the whole scene, which shows others as well. */
export const footagePictures = ['face', 'enhanced', 'enrolled'] as const;
export type FootagePictureKind = (typeof footagePictures)[number];

/** What may be done with a search. */
export const footageActions = ['authorise', 'refuse', 'pause', 'resume', 'cancel'] as const;
export type FootageAction = (typeof footageActions)[number];

/** Of a search that has not begun. */
export function noFigures(): FootageFigures {
  return {
    ...{ seconds: 0, frames: 0, looked: 0, faces: 0 },
    ...{ keyframes: 0, tracks: 0, damaged: 0, lost: 0, mostFrames: 0 },
  };
}
