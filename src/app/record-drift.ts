import { DriftRecorder } from '../services/cameras/drift-recorder.ts';
import { DriftWatch } from '../services/cameras/drift-watch.ts';
import { DriftTable } from '../store/drift-table.ts';
import type { CameraSet } from './camera-set.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';

export interface DriftParts {
  readonly cameras: () => CameraSet;
  /** Whether other nodes pull the cameras: then keyframes are all that is seen of faces. */
  readonly isRemote: boolean;
}

/** Counts what cameras' pictures are like by day; alerts that people confirm add to it. */
export function recordDrift(
  { clock, log, resources }: Foundation,
  { alerts, store }: Pick<Records, 'alerts' | 'store'>,
  { embedder, inference }: Models,
  { cameras, isRemote }: DriftParts,
): DriftRecorder {
  const recogniser = inference.stamps().find(({ task }) => task === 'embed')?.sha256;
  const recorder = new DriftRecorder({
    table: new DriftTable(store),
    clock,
    model: embedder.model,
    ofKeyframes: isRemote,
    frameRates: () =>
      cameras()
        .list()
        .flatMap(({ status, wanted: { id } }) =>
          status?.state === 'live' && status.framesPerSecond !== undefined
            ? [{ cameraId: id, rate: status.framesPerSecond }]
            : [],
        ),
    onError: (error) => log.warn({ err: error }, 'Counts of pictures cannot be written now'),
    onDropped: (count) => log.warn({ count }, 'Counts of pictures were left out: too many wait'),
  });
  resources.defer(() => recorder.close());
  resources.defer(
    alerts.onEvent(({ change, alert }) => {
      if (change !== 'reviewed' || alert.state !== 'confirmed') return;
      const made = alert.models.find(({ task }) => task === 'embed')?.sha256;
      // Scores of different models do not compare.
      if (made === undefined || made !== recogniser) return;
      recorder.confirmed(alert.cameraId, alert.scores.fused, alert.capturedAt);
    }),
  );
  return recorder;
}

/** Judges once a day whether cameras' pictures have changed. */
export function watchDrift(
  { clock, log, metrics, resources }: Foundation,
  { audit, store }: Pick<Records, 'audit' | 'store'>,
  { embedder }: Models,
  { cameras }: Pick<DriftParts, 'cameras'>,
): DriftWatch {
  const watch = new DriftWatch({
    ...{ audit, clock, store, table: new DriftTable(store), model: embedder.model },
    cameras: () =>
      cameras()
        .list()
        .map(({ wanted: { id } }) => id),
    onError: (error) => log.warn({ err: error }, 'Whether cameras changed cannot be judged now'),
  });
  resources.defer(() => watch.close());
  metrics.drift.watch(() => watch.standing());
  return watch;
}
