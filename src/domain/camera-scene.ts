import type { Box } from './geometry/box.ts';
import type { Polygon } from './geometry/polygon.ts';
import type { MotionSettings } from './motion.ts';
import type { Schedule } from './schedule.ts';

/** A part of the picture in which faces count. */
export interface Zone {
  readonly name: string | null;
  /** Corners, in shares of the upright picture. */
  readonly points: Polygon;
  /** What of a person must be in it: the centre of the face, or where the person stands. */
  readonly by: 'face' | 'foot';
}

/** A part that is blackened before anything sees the picture, in shares of the upright picture. */
export type Mask = Box | { readonly points: Polygon };

/** Faces of other sizes are left out. */
export interface FaceSize {
  /** Pixels of the camera's picture: the geometric mean of a face's sides, or between its eyes. */
  readonly by: 'box' | 'eyes';
  readonly smallest: number;
  /** Null: however large. */
  readonly largest: number | null;
}

/** Where, when and for what a camera looks. */
export interface CameraScene {
  readonly motion: MotionSettings;
  readonly masks: readonly Mask[];
  /** None: everywhere. */
  readonly zones: readonly Zone[];
  readonly faceSize: FaceSize | null;
  /** Null: always. */
  readonly schedule: Schedule | null;
}

/** Why a face is left out by what a camera is set to. */
export const leftOutReasons = ['zone', 'too_small', 'too_large'] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];
