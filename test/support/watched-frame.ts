import type { CameraScene } from '../../src/domain/camera-scene.ts';
import type { Frame } from '../../src/domain/frame/frame.ts';
import type { LookReason, WatchedFrame } from '../../src/domain/motion.ts';

/** A camera that is analysed always and everywhere, each picture of it. */
export const openScene: CameraScene = {
  motion: { enabled: false, sensitivity: 'medium', lookEvery: 1000, rest: false, closer: 4 },
  masks: [],
  zones: [],
  faceSize: null,
  schedule: null,
};

/** A frame as `watchMotion` hands it on. */
export function watched(frame: Frame, look: LookReason = 'always'): WatchedFrame {
  return { frame, time: frame.mediaTime, look, moving: [], brightness: null };
}
