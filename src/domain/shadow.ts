/** Why a track is not compared by the models that run beside those in use. */
export const shadowDropReasons = [
  /** More tracks, or more bytes of them, than may wait: the oldest went. */
  'busy',
  /** No list that it was compared with has all its templates by these models yet. */
  'templates',
  /** The models failed, or gave no answer in time. */
  'failed',
] as const;
export type ShadowDropReason = (typeof shadowDropReasons)[number];

/** Which of the two would report a track on a list: has a match. */
export const shadowAgreements = ['both', 'only_in_use', 'only_new', 'neither'] as const;
export type ShadowAgreement = (typeof shadowAgreements)[number];

/** How a run beside the models in use ended. */
export const shadowEnds = [
  /** Its time was over. */
  'over',
  /** Somebody dropped the version. */
  'stopped',
  /** Somebody put the version to use. */
  'used',
  /** Other models were put to use: there is nothing left to compare with. */
  'superseded',
] as const;
export type ShadowEnd = (typeof shadowEnds)[number];

/** Models of another version beside those in use, for a time: they are measured, and alert nobody. */
export interface ShadowRun {
  readonly id: string;
  /** Name and version of its recogniser. */
  readonly name: string;
  readonly version: string;
  /** Absolute path of its manifest, and the SHA-256 of that file's bytes when it was checked. */
  readonly manifest: string;
  readonly manifestSha256: string;
  /** Absolute path of the manifest that was in use when it started. */
  readonly against: string;
  /** Wall times, milliseconds. */
  readonly startedAt: number;
  readonly until: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
  readonly end: ShadowEnd | null;
  readonly progress: ShadowProgress;
}

/** How far a run has come, as the program last wrote it. */
export interface ShadowProgress {
  /** `waiting`: no program has taken it up; `failed`: see `fault`. */
  readonly state: 'waiting' | 'templates' | 'comparing' | 'failed';
  /** Why its models do not run, for people. */
  readonly fault: string | null;
  /** Enrolled pictures: with a template by these models, still to be done, without one for good. */
  readonly templates: { readonly made: number; readonly pending: number; readonly failed: number };
  /** Tracks that were not compared. */
  readonly dropped: Readonly<Record<ShadowDropReason, number>>;
  /** Processor time of its models, and how long they have been there, seconds. */
  readonly busySeconds: number;
  readonly seconds: number;
}

export const noShadowProgress: ShadowProgress = {
  state: 'waiting',
  fault: null,
  templates: { made: 0, pending: 0, failed: 0 },
  dropped: { busy: 0, templates: 0, failed: 0 },
  busySeconds: 0,
  seconds: 0,
};

/** What a version said of a track on one list. */
export interface ShadowVerdict {
  /** Best fused score, cosine; null where it takes no picture of the track for a face, or has nobody to compare with. */
  readonly score: number | null;
  /** Whom it resembles most, or reports; null with the score. Never stored. */
  readonly personId: string | null;
  readonly reported: boolean;
}

/** A track on one list by both versions. */
export interface ShadowComparison {
  readonly cameraId: string;
  readonly watchlistId: string;
  /** Wall time, milliseconds; kept by the day. */
  readonly at: number;
  readonly inUse: ShadowVerdict;
  readonly shadow: ShadowVerdict;
  /** The alert that the version in use raised of it, or to which the track came as a sighting. */
  readonly alertId: string | null;
  /** What the new version took for the track, milliseconds. */
  readonly milliseconds: number;
}

/** Which of the two would report. */
export function agreementOf({
  inUse,
  shadow,
}: Pick<ShadowComparison, 'inUse' | 'shadow'>): ShadowAgreement {
  if (inUse.reported) return shadow.reported ? 'both' : 'only_in_use';
  return shadow.reported ? 'only_new' : 'neither';
}
