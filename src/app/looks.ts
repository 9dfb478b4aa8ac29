import { CloserLooks } from '../operators/closer-looks.ts';
import type { DetectOptions } from '../operators/detect.ts';
import { faceFilter, watchedPlaces } from '../operators/face-filter.ts';
import { RecentFaces } from '../operators/recent-faces.ts';
import type { WatchMotionOptions } from '../operators/watch-motion.ts';
import type { AnalysisListener, AnalysisPorts, AnalysisSettings } from './analysis-contract.ts';

/** What decides on looks (`motion`) and what looks share for one camera. */
export interface Looks extends Pick<Required<DetectOptions>, 'closer' | 'recent' | 'wanted'> {
  readonly motion: Pick<WatchMotionOptions, 'settings' | 'recent' | 'quiet' | 'isWatched'>;
}

/** Where and when faces of one camera are looked for, and which of them count. */
export function createLooks(
  { cameraId, inputSize, maxOcclusion, quiet, scene }: AnalysisSettings,
  { partShare }: Pick<AnalysisPorts, 'partShare'>,
  listener: Pick<AnalysisListener, 'parts' | 'rejected'>,
): Looks {
  const { motion, zones } = scene;
  const recent = new RecentFaces(maxOcclusion);
  return {
    motion: {
      ...{ settings: motion, recent, quiet },
      isWatched: watchedPlaces(zones),
    },
    recent,
    wanted: faceFilter(scene, (reason) => listener.rejected(cameraId, reason)),
    closer: new CloserLooks({
      cameraId,
      inputSize,
      limit: motion.enabled ? motion.closer : 0,
      share: partShare,
      holdFor: maxOcclusion,
      onParts: (looked, left) => listener.parts(cameraId, looked, left),
    }),
  };
}
