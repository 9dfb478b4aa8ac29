import type { DetectedFace } from './detection.ts';
import type { Frame } from './frame/frame.ts';
import type { Box } from './geometry/box.ts';

/** A detected face with its identity over time. */
export interface TrackedFace extends DetectedFace {
  /** Unique in the process; holds no camera name or personal data. */
  readonly trackId: string;
  /** Frames in which this track was detected so far, this one included. */
  readonly hits: number;
}

/** A track that has left the view for good. */
export interface EndedTrack {
  readonly cameraId: string;
  readonly trackId: string;
  /** Capture wall time of its first and last detection, milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly hits: number;
}

/** A frame, its tracked faces and the tracks that ended with it. Whoever holds it owns the frame. */
export interface TrackedFrame {
  /** Null when tracks ended without a frame: the camera fell silent or the source completed. */
  readonly frame: Frame | null;
  readonly faces: readonly TrackedFace[];
  readonly ended: readonly EndedTrack[];
}

/** A track came to show another person: it has ended, and goes on under another id. */
export interface TrackSplit {
  /** The id that the tracker keeps for both. */
  readonly trackerId: string;
  readonly ended: EndedTrack;
  /** Of the track that goes on. */
  readonly trackId: string;
  /** Capture wall time of the first face of the other person, milliseconds. */
  readonly startedAt: number;
}

/** A track is in view at this moment. */
export interface TrackSighting {
  readonly cameraId: string;
  readonly trackId: string;
  /** Capture wall time, milliseconds. */
  readonly at: number;
  /** Where its face is, in shares of the frame's width and height. */
  readonly place: Box;
}

/** What is known of a track beside its pictures: it is still in view, it has left. */
export type TrackNote =
  | { readonly kind: 'seen'; readonly seen: TrackSighting }
  | { readonly kind: 'ended'; readonly track: EndedTrack };
