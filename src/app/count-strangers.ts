import type { DriftRecorder } from '../services/cameras/drift-recorder.ts';
import { StrangerScores } from '../services/search/stranger-scores.ts';
import { CalibrationTable } from '../store/calibration-table.ts';
import { StrangerScoreTable } from '../store/stranger-score-table.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';

/** Counts the scores of strangers; dismissed alerts add to them. */
export function countStrangers(
  { clock, log, resources }: Foundation,
  { alerts, store }: Records,
  { embedder, inference }: Models,
  drift: Pick<DriftRecorder, 'stranger'>,
): StrangerScores {
  const runs = new CalibrationTable(store);
  const strangers = new StrangerScores({
    table: new StrangerScoreTable(store),
    stopped: () => runs.stopped(),
    clock,
    onBest: (cameraId, score, at) => drift.stranger(cameraId, score, at),
    model: embedder.model,
    recogniser: inference.stamps().find(({ task }) => task === 'embed')?.sha256,
    onError: (error) => log.warn({ err: error }, 'Scores of strangers cannot be written now'),
  });
  resources.defer(() => strangers.close());
  resources.defer(
    alerts.onEvent(({ change, alert }) => {
      if (change === 'reviewed' && alert.state === 'dismissed') strangers.dismissed(alert);
    }),
  );
  return strangers;
}
