import { catchError, from, map, type OperatorFunction, of } from 'rxjs';
import { isNightglassError } from '../domain/errors.ts';
import type { FusedKeyframe, Keyframe, TrackEvent } from '../domain/keyframe.ts';
import type { Recogniser } from '../domain/recogniser.ts';
import { type KeyframeStageOptions, mapKeyframes } from './map-keyframes.ts';

export interface RecogniseElsewhereOptions extends KeyframeStageOptions {
  readonly recogniser: Recogniser;
  /** Called with every keyframe that the recogniser takes for no face. */
  readonly onRejected?: (keyframe: Keyframe) => void;
  /** Called with every keyframe that gave way to newer ones; without it that is a failure. */
  readonly onOverloaded?: (keyframe: Keyframe) => void;
}

/**
 * Has each keyframe aligned, enhanced, embedded and fused by another process. A keyframe that fails,
 * is taken for no face or gave way to newer ones is dropped. Order is kept within a track.
 */
export function recogniseElsewhere(
  options: RecogniseElsewhereOptions,
): OperatorFunction<TrackEvent, TrackEvent<FusedKeyframe>> {
  const { onOverloaded, onRejected, recogniser } = options;
  return mapKeyframes<Keyframe, FusedKeyframe>(
    options,
    (keyframe) =>
      from(recogniser.recognise(keyframe)).pipe(
        map((recognised) => {
          if (recognised === null) onRejected?.(keyframe);
          return recognised;
        }),
        catchError((error: unknown) => {
          const isOverload = isNightglassError(error) && error.code === 'INFERENCE_OVERLOADED';
          if (!isOverload || onOverloaded === undefined) throw error;
          onOverloaded(keyframe);
          return of(null);
        }),
      ),
    () => null,
  );
}
