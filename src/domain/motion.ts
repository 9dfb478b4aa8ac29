import type { Frame } from './frame/frame.ts';
import type { Box } from './geometry/box.ts';

/** How small a change counts as motion. */
export const motionSensitivities = ['low', 'medium', 'high'] as const;
export type MotionSensitivity = (typeof motionSensitivities)[number];

/** Whether faces are looked for only where something moves. */
export interface MotionSettings {
  readonly enabled: boolean;
  readonly sensitivity: MotionSensitivity;
  /** A picture in which nothing moves is looked at so often, milliseconds. */
  readonly lookEvery: number;
  /**
   * Where looks at a picture in which nothing moves find no face, each waits twice as long as the
   * one before, up to this, milliseconds; absent: all wait `lookEvery`.
   */
  readonly lookAtLeastEvery?: number;
  /** Whether pictures of a quiet scene stay undecoded but for one each `lookEvery`. */
  readonly rest: boolean;
  /** Parts of a picture that are looked at closer where something moves, at most. */
  readonly closer: number;
}

/**
 * Why a picture is looked at: something moves in it, a face was found a moment ago, none was
 * looked at for `lookEvery`, all are (motion is not watched); or that it is not: `still`.
 */
export const lookReasons = ['motion', 'face', 'interval', 'always', 'still'] as const;
export type LookReason = (typeof lookReasons)[number];

/** A frame and whether to look for faces in it. Whoever holds it owns the frame. */
export interface WatchedFrame {
  readonly frame: Frame;
  /** Milliseconds since the first frame. */
  readonly time: number;
  readonly look: LookReason;
  /** Where something moves, in the frame's pixels. */
  readonly moving: readonly Box[];
  /** Mean grey level of the picture, 0..255; null where it was not looked at for motion. */
  readonly brightness: number | null;
}
