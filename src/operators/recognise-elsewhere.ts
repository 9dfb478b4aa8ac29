import { from, map, type OperatorFunction } from 'rxjs';
import type { FusedKeyframe, Keyframe, TrackEvent } from '../domain/keyframe.ts';
import type { Recogniser } from '../domain/recogniser.ts';
import { type KeyframeStageOptions, mapKeyframes } from './map-keyframes.ts';

export interface RecogniseElsewhereOptions extends KeyframeStageOptions {
  readonly recogniser: Recogniser;
  /** Called with every keyframe that the recogniser takes for no face. */
  readonly onRejected?: (keyframe: Keyframe) => void;
}

/**
 * Has each keyframe aligned, enhanced, embedded and fused by another process. A keyframe that fails
 * or is taken for no face is dropped. Order is kept within a track.
 */
export function recogniseElsewhere(
  options: RecogniseElsewhereOptions,
): OperatorFunction<TrackEvent, TrackEvent<FusedKeyframe>> {
  const { onRejected, recogniser } = options;
  return mapKeyframes<Keyframe, FusedKeyframe>(
    options,
    (keyframe) =>
      from(recogniser.recognise(keyframe)).pipe(
        map((recognised) => {
          if (recognised === null) onRejected?.(keyframe);
          return recognised;
        }),
      ),
    () => null,
  );
}
