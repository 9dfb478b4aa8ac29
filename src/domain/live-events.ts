import type { Box } from './geometry/box.ts';
import type { Landmarks } from './geometry/landmarks.ts';
import type { QualityVerdict } from './quality/quality.ts';

/** A face of a frame as it goes over the wire, in the frame's pixels. */
export interface ObservedFace {
  readonly box: Box;
  readonly landmarks: Landmarks;
  /** The detector's confidence, 0..1. */
  readonly score: number;
  readonly trackId: string | null;
  /** Unified quality, 0..100; null when it was not graded. */
  readonly quality: number | null;
  readonly verdict: QualityVerdict | null;
}

/** The faces of one analysed frame; sent also when there are none, so that boxes vanish. */
export interface DetectionEvent {
  readonly cameraId: string;
  readonly sequence: number;
  /** Wall time of capture, milliseconds. */
  readonly capturedAt: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly faces: readonly ObservedFace[];
}

export interface TrackEvent {
  readonly cameraId: string;
  readonly trackId: string;
  readonly phase: 'started' | 'ended';
  /** Wall times of the first and the latest detection, milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly hits: number;
}

/** The pooled template of a track. Biometric data: leaves only towards `embeddings:read`. */
export interface EmbeddingEvent {
  readonly cameraId: string;
  readonly trackId: string;
  readonly sequence: number;
  readonly capturedAt: number;
  readonly model: string;
  /** L2-normalised, all of the model's dimension. */
  readonly fused: Float32Array;
  readonly raw: Float32Array;
  readonly enhanced: Float32Array | null;
  /** Keyframes pooled so far. */
  readonly keyframes: number;
  /** Mean weight of the raw embedding, 0..1. */
  readonly meanGate: number;
  /** Unified quality of the latest keyframe, 0..100. */
  readonly quality: number;
}
