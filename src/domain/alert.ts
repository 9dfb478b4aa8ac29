import type { AlertClip, ClipRevisions } from './clip.ts';
import type { Box } from './geometry/box.ts';
import type { MatchScores } from './match.ts';
import type { ComponentReport } from './quality/component-report.ts';

export const alertStates = ['new', 'acknowledged', 'confirmed', 'dismissed', 'escalated'] as const;
export type AlertState = (typeof alertStates)[number];

export interface ModelStamp {
  readonly name: string;
  readonly task: string;
  readonly sha256: string;
}

/** A face that does not change its place, and raises no further alert there. */
export interface StillFace {
  /** Wall time from which on it was seen in one place, milliseconds. */
  readonly since: number;
  /** In shares of the frame's width and height. */
  readonly place: Box;
  /** When and by whom the mark was lifted: it then counts no more, and does not come back. */
  readonly liftedAt: number | null;
  readonly liftedBy: string | null;
}

/** A later appearance of an alert's person, at the same camera or another one. */
export interface Sighting {
  /** From 1, in the order in which they joined the alert; the alert itself is the first appearance. */
  readonly number: number;
  readonly cameraId: string;
  readonly trackId: string;
  /** Capture wall times of the pictured keyframe and of the last detection, milliseconds. */
  readonly capturedAt: number;
  readonly lastSeenAt: number;
  readonly still: StillFace | null;
  readonly scores: MatchScores;
  readonly threshold: number;
  readonly meanGate: number;
  /** Of the pictured keyframe, as in {@link Alert}. */
  readonly quality: number;
  readonly interEyeDistance: number;
  readonly place: Box | null;
  readonly keyframes: number;
  /** Whether there is an enhanced picture. */
  readonly isEnhanced: boolean;
  readonly clip: AlertClip;
}

/** Sightings that one alert takes at most; the next one is an alert of its own. */
export const maxSightings = 50;

/** A watchlist alert: a claim for a person to review, with how it came about. */
export interface Alert {
  /** Sorts by creation (ULID); the `since` of the WebSocket. */
  readonly id: string;
  readonly state: AlertState;
  /** 0 when created, +1 at each update. */
  readonly revision: number;
  readonly watchlistId: string;
  readonly watchlistName: string;
  readonly personId: string;
  readonly personName: string;
  readonly templateId: string;
  readonly cameraId: string;
  readonly trackId: string;
  /** Wall times, milliseconds: capture of the deciding keyframe, creation, last change. */
  readonly capturedAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Capture wall time at which the person was last seen, milliseconds; changes without a new revision. */
  readonly lastSeenAt: number;
  /** Set where the face has never changed its place: a poster, a screen, a photograph. */
  readonly still: StillFace | null;
  /** Where the person was seen again before somebody decided, oldest first. */
  readonly sightings: readonly Sighting[];
  readonly scores: MatchScores;
  readonly threshold: number;
  readonly fpir: number;
  readonly gallerySize: number;
  /** Mean weight of the raw embedding, 0..1; 1 when nothing was enhanced. */
  readonly meanGate: number;
  /** Unified quality of the pictured keyframe, 0..100. */
  readonly quality: number;
  /** Inter-eye distance of the pictured keyframe, pixels. */
  readonly interEyeDistance: number;
  /** Quality components of the pictured keyframe; none of an alert of an older version. */
  readonly components: readonly ComponentReport[];
  /** Where the pictured face is in the frame, in shares of its size; null in an alert of an older version. */
  readonly place: Box | null;
  readonly keyframes: number;
  /** Pictures of the track's best faces, best first: `best-1` and so on. */
  readonly best: readonly BestKind[];
  /** The seconds around it as video. */
  readonly clip: AlertClip;
  /** Absent before its first clip; says nothing about a later revision than its last one. */
  readonly clipRevisions?: ClipRevisions;
  readonly models: readonly ModelStamp[];
  readonly configHash: string;
  /** False when the data folder could not be written: the alert then lives in memory alone. */
  readonly stored: boolean;
}

/** The pictures of an alert, JPEG. `enhanced` is AI-made and never evidence on its own. */
export type AlertEvidence = {
  readonly frame: Uint8Array;
  readonly face: Uint8Array;
  readonly enhanced: Uint8Array | null;
  readonly enrolled: Uint8Array | null;
  /** The track's best faces as they were recorded, best first; at most {@link bestKinds} many. */
  readonly best: readonly Uint8Array[];
};

export const sightingPictures = ['frame', 'face', 'enhanced'] as const;
/** A picture of a sighting by its number: `sighting-2-face`. */
export type SightingKind = `sighting-${number}-${(typeof sightingPictures)[number]}`;
/** Pictures of a sighting, JPEG. */
export type SightingEvidence = Pick<AlertEvidence, (typeof sightingPictures)[number]>;

/** Pictures that replace the stored ones; what is not named stays. */
export type EvidenceChange = Partial<AlertEvidence> & {
  readonly [kind: SightingKind]: Uint8Array | null;
};

export const bestKinds = ['best-1', 'best-2', 'best-3', 'best-4'] as const;
export type BestKind = (typeof bestKinds)[number];
export const evidenceKinds = ['frame', 'face', 'enhanced', 'enrolled', ...bestKinds] as const;
export type EvidenceKind = (typeof evidenceKinds)[number] | SightingKind;

/** True when all pictures are named, as a new alert needs them. */
export function isWhole(evidence: EvidenceChange | null): evidence is AlertEvidence {
  return evidence?.frame !== undefined;
}

/** The picture of this kind; null when there is none. */
export function pictureOf(evidence: EvidenceChange, kind: EvidenceKind): Uint8Array | null {
  const best = bestKinds.indexOf(kind as BestKind);
  if (best !== -1) return evidence.best?.[best] ?? null;
  return evidence[kind as Exclude<EvidenceKind, BestKind>] ?? null;
}

/** All pictures that it names. */
export function picturesOf({ best = [], ...named }: EvidenceChange): readonly Uint8Array[] {
  return [...best, ...Object.values(named).filter((picture) => picture !== null)];
}

/** A sighting's pictures as those of its alert. */
export function evidenceOfSighting(number: number, pictures: SightingEvidence): EvidenceChange {
  return Object.fromEntries(
    sightingPictures.map((kind): [SightingKind, Uint8Array | null] => [
      `sighting-${number}-${kind}`,
      pictures[kind],
    ]),
  );
}
