import type { DetectedFace } from './detect.ts';

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
