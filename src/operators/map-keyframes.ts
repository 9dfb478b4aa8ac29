import type { ObservableInput, OperatorFunction } from 'rxjs';
import { from, of } from 'rxjs';
import type { Keyframe, TrackEvent } from '../domain/keyframe.ts';
import type { Backlog } from './backlog.ts';
import { mapOrdered } from './map-ordered.ts';

/** Options that `enhance`, `embed` and `fuse` share. */
export interface KeyframeStageOptions {
  /** Keyframes worked on at once; default 4. */
  readonly concurrency?: number;
  /** Keyframes held at most; further ones are dropped. Default 32. */
  readonly capacity?: number;
  /** Told of every keyframe dropped because the stage was full. */
  readonly onDropped?: (keyframe: Keyframe) => void;
  /** Told of every failure of the service. Without it a failure is the stream's error. */
  readonly onError?: (error: unknown) => void;
  /** Counts what the stage holds; one may be shared by several stages. */
  readonly backlog?: Backlog;
}

/**
 * The keyframe stages' common part: enriches each keyframe, keeps the order
 * within a track (its end never overtakes its keyframes), bounded.
 *
 * @param enrich makes the richer keyframe; null drops it
 * @param orElse what stands in when `enrich` failed; null drops the keyframe
 */
export function mapKeyframes<K extends Keyframe, L extends Keyframe>(
  options: KeyframeStageOptions,
  enrich: (keyframe: K) => ObservableInput<L | null>,
  orElse: (keyframe: K) => L | null,
): OperatorFunction<TrackEvent<K>, TrackEvent<L>> {
  const { concurrency = 4, capacity = 32, onDropped, onError, backlog } = options;
  return mapOrdered<TrackEvent<K>, L | null, TrackEvent<L>>(
    {
      concurrency,
      capacity,
      key: trackIdOf,
      backlog,
    },
    (emit) => ({
      work: (event) => (event.kind === 'keyframe' ? from(enrich(event.keyframe)) : of(null)),
      done(event, keyframe) {
        if (event.kind !== 'keyframe') emit(event);
        else if (keyframe) emit({ kind: 'keyframe', keyframe });
      },
      failed(event, error) {
        if (!onError || event.kind !== 'keyframe') throw error;
        onError(error);
        const keyframe = orElse(event.keyframe);
        if (keyframe) emit({ kind: 'keyframe', keyframe });
      },
      overflow(event) {
        // The end of a track is small and there are few: it may exceed the bound.
        if (event.kind === 'ended') return event;
        if (event.kind === 'keyframe') onDropped?.(event.keyframe);
        return null;
      },
      abandoned: () => undefined,
    }),
  );
}

function trackIdOf(event: TrackEvent): string {
  if (event.kind === 'keyframe') return event.keyframe.trackId;
  return event.kind === 'seen' ? event.seen.trackId : event.track.trackId;
}
