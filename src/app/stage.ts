import { type MonoTypeOperatorFunction, type OperatorFunction, pipe, tap } from 'rxjs';
import type { Clock } from '../domain/clock.ts';
import { Frame } from '../domain/frame/frame.ts';
import type { TrackEvent } from '../domain/keyframe.ts';
import type { Stage } from '../telemetry/stage-metrics.ts';
import type { AnalysisListener, StageName, StageOutputs } from './analysis-contract.ts';

/** When the frame was captured that something comes of; with a track where it comes of one face. */
interface Origin {
  readonly capturedMonotonic: number;
  readonly trackId?: string;
}

const keyframeOf = (event: TrackEvent): Origin | null =>
  event.kind === 'keyframe' ? event.keyframe : null;

/** Null for what no single frame stands behind, and for what is measured with another stage. */
const origins: { readonly [S in StageName]: (output: StageOutputs[S]) => Origin | null } = {
  motion: () => null,
  detect: ({ frame }) => frame,
  track: ({ frame }) => frame,
  quality: ({ frame }) => frame,
  keyframe: keyframeOf,
  align: keyframeOf,
  enhance: keyframeOf,
  embed: keyframeOf,
  fuse: keyframeOf,
  pool: () => null,
  // What a change of the lists brings up says nothing of how long a frame takes.
  match: (event) =>
    event.kind === 'matched' && event.cause === 'keyframe'
      ? {
          capturedMonotonic: event.template.latest.capturedMonotonic,
          trackId: event.template.trackId,
        }
      : null,
  alert: ({ trackId, capturedMonotonic, isNewlyDecided, cause }) =>
    isNewlyDecided && cause === 'keyframe' ? { capturedMonotonic, trackId } : null,
};

/** Wraps the operators of one camera's analysis. */
export interface Stages {
  /** The operator that admits frames: a trace says how long a frame waited for it. */
  admission(operator: MonoTypeOperatorFunction<Frame>): MonoTypeOperatorFunction<Frame>;
  /**
   * An operator with what is measured of it: age of what leaves, time in the stage, trace,
   * failures, observers. `create` gets the way to report a failure that the operator survives.
   */
  stage<S extends StageName, T>(
    name: S,
    create: (onError: (error: unknown) => void) => OperatorFunction<T, StageOutputs[S]>,
  ): OperatorFunction<T, StageOutputs[S]>;
}

/** Stages of one camera. */
export function createStages(cameraId: string, clock: Clock, listener: AnalysisListener): Stages {
  const { follower, stages } = listener;
  // When a frame left the stage before, monotonic milliseconds; faces are timed at their ports.
  const entered = new WeakMap<Frame, number>();

  function measure(stage: Stage, origin: Origin): void {
    const now = clock.monotonic();
    if (origin instanceof Frame) {
      const before = entered.get(origin);
      if (before !== undefined) stages.duration(stage, (now - before) / 1000);
      entered.set(origin, now);
    }
    stages.age(stage, (now - origin.capturedMonotonic) / 1000);
    follower?.left(cameraId, origin.capturedMonotonic, stage, origin.trackId);
  }

  return {
    admission(operator) {
      if (follower === null) return operator;
      return pipe(
        tap((frame: Frame) => follower.decoded(frame)),
        operator,
        tap((frame) => follower.admitted(frame)),
      );
    },
    stage<S extends StageName, T>(
      name: S,
      create: (onError: (error: unknown) => void) => OperatorFunction<T, StageOutputs[S]>,
    ) {
      const originOf: (output: StageOutputs[S]) => Origin | null = origins[name];
      const observe = listener.left[name] as
        | ((output: StageOutputs[S], cameraId: string) => void)
        | undefined;
      return pipe(
        create((error) => listener.failed(cameraId, name, error)),
        tap((output) => {
          const origin = originOf(output);
          if (origin !== null && name !== 'pool' && name !== 'motion') measure(name, origin);
          observe?.(output, cameraId);
        }),
      );
    },
  };
}
