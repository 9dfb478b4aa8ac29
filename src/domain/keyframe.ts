import type { Embedding, Fusion } from './face-models.ts';
import type { FaceImage } from './frame/face-image.ts';
import type { Box } from './geometry/box.ts';
import type { Landmarks } from './geometry/landmarks.ts';
import type { RgbImage } from './image/image.ts';
import type { Quality } from './quality/quality.ts';
import type { TrackNote } from './track.ts';

/** A face image of a track chosen for enhancement and matching. Holds no native memory. */
export interface Keyframe {
  readonly cameraId: string;
  readonly trackId: string;
  /** Number of this keyframe within its track, from 0. */
  readonly ordinal: number;
  readonly sequence: number;
  readonly mediaTime: number;
  readonly capturedAt: number;
  readonly capturedMonotonic: number;
  /** Size of the frame it was cut from, pixels. */
  readonly frameWidth: number;
  readonly frameHeight: number;
  /** In the frame's pixels. */
  readonly box: Box;
  readonly landmarks: Landmarks;
  /** Inter-eye distance in the frame, pixels. */
  readonly interEyeDistance: number;
  readonly detectionScore: number;
  readonly quality: Quality;
  /** The face as it was recorded, untouched. */
  readonly face: FaceImage;
  /** The whole frame as JPEG, for the evidence. */
  readonly scene: Uint8Array;
  /** True where it was chosen to see whether its track still shows the same person, not for its template. */
  readonly isCheck?: boolean;
  /** True where the second look at where the face stands failed. */
  readonly alignmentFailed?: boolean;
}

/** What flows after key frame selection: keyframes and the notes on their tracks, in order. */
export type TrackEvent<K extends Keyframe = Keyframe> =
  | { readonly kind: 'keyframe'; readonly keyframe: K }
  | TrackNote;

export interface EmbeddedKeyframe extends EnhancedKeyframe {
  readonly model: string;
  readonly raw: Embedding;
  readonly enhanced: Embedding | null;
}

export interface EnhancedKeyframe extends Keyframe {
  /** AI-enhanced aligned face, 112x112; null when it needed none or enhancement failed. */
  readonly enhancedImage: RgbImage | null;
  /** True where there is none because enhancement failed. */
  readonly enhancementFailed?: boolean;
}

export interface FusedKeyframe extends EmbeddedKeyframe, Fusion {}
