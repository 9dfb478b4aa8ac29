import type { OperatorFunction } from 'rxjs';
import { from, map } from 'rxjs';
import type { Aligner } from '../domain/face-models.ts';
import type { Keyframe, TrackEvent } from '../domain/keyframe.ts';
import type { KeyframeStageOptions } from './map-keyframes.ts';
import { mapKeyframes } from './map-keyframes.ts';

export interface AlignOptions extends KeyframeStageOptions {
  readonly aligner: Aligner;
}

/**
 * Looks a second time at where each keyframe's face stands, and moves the landmarks of its picture
 * by which both branches align it. Box and landmarks in the frame stay the detector's. Where that
 * fails the detector's landmarks stand. Order is kept within a track.
 */
export function align(options: AlignOptions): OperatorFunction<TrackEvent, TrackEvent> {
  const { aligner } = options;
  return mapKeyframes<Keyframe, Keyframe>(
    options,
    (keyframe) =>
      from(aligner.align(keyframe.face)).pipe(
        map((landmarks) => ({ ...keyframe, face: { ...keyframe.face, landmarks } })),
      ),
    (keyframe) => ({ ...keyframe, alignmentFailed: true }),
  );
}
