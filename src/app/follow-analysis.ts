import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.ts';
import type { StrangerScores } from '../services/search/stranger-scores.ts';
import type { CameraActivity } from '../telemetry/camera-activity.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { StageMetrics } from '../telemetry/stage-metrics.ts';
import type { AnalysisListener, FrameFollower } from './analysis-contract.ts';
import type { LiveEvents } from './live-events.ts';

/** What is reported of the way of a frame: to metrics, to the last minutes' activity, to live events. */
export function followAnalysis(from: {
  readonly stages: StageMetrics;
  readonly metrics: Pick<Metrics, 'cameras' | 'faces'>;
  readonly activity: CameraActivity;
  readonly live: LiveEvents;
  readonly traces: FrameFollower | null;
  /** Counts the scores of strangers. */
  readonly strangers: Pick<StrangerScores, 'matched' | 'ended'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}): AnalysisListener {
  const { stages, metrics, activity, live, traces, strangers, clock, log } = from;
  const failures = new Map<string, number>();
  return {
    stages,
    follower: traces,
    left: {
      track({ ended }) {
        for (const track of ended) live.ended(track);
      },
      quality({ frame, faces }, cameraId) {
        if (frame === null) return;
        metrics.cameras.analysed(cameraId, frame.capturedAt);
        metrics.faces.faces(cameraId, faces.length);
        activity.frame(
          cameraId,
          faces.map(({ quality }) => quality.score),
        );
        for (const { quality } of faces) metrics.faces.graded(cameraId, quality);
        live.frame(frame, faces);
      },
      keyframe(event, cameraId) {
        if (event.kind !== 'keyframe') return;
        metrics.faces.keyframe(cameraId);
        activity.keyframe(cameraId);
      },
      pool(event) {
        if (event.kind === 'template') live.template(event.template);
        else if (event.kind === 'ended') strangers.ended(event.track.trackId);
      },
      match(event) {
        if (event.kind !== 'matched') return;
        strangers.matched(event);
        for (const each of event.matches) if (each.matched) metrics.faces.match(each.watchlistId);
      },
    },
    rejected(cameraId, reason) {
      metrics.faces.rejected(cameraId, reason);
      activity.rejected(cameraId, reason);
    },
    tracks(cameraId, active) {
      metrics.faces.tracksActive(cameraId, active);
      activity.tracks(cameraId, active);
    },
    failed(cameraId, stage, error) {
      // At most a line a second and stage: a camera delivers faults by the frame.
      const key = `${cameraId} ${stage}`;
      const last = failures.get(key) ?? Number.NEGATIVE_INFINITY;
      if (clock.monotonic() - last < 1000) return;
      failures.set(key, clock.monotonic());
      log.warn({ cameraId, stage, err: error }, 'A stage failed for this camera');
    },
  };
}
