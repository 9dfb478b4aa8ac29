import type { Logger } from 'pino';
import { coveringsOf } from '../domain/quality/occlusion.ts';
import type { Assessments } from '../services/cameras/assessments.ts';
import type { DriftRecorder } from '../services/cameras/drift-recorder.ts';
import type { CountPeopleSeen } from '../services/reports/count-people-seen.ts';
import type { StrangerScores } from '../services/search/stranger-scores.ts';
import type { ShadowTracks } from '../services/shadow/shadow-tracks.ts';
import type { CameraActivity } from '../telemetry/camera-activity.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { StageMetrics } from '../telemetry/stage-metrics.ts';
import type { AnalysisListener, FrameFollower } from './analysis-contract.ts';
import type { AnalysisFaults } from './analysis-faults.ts';
import type { LiveEvents } from './live-events.ts';

export interface FollowOptions {
  readonly stages: StageMetrics;
  readonly metrics: Pick<Metrics, 'cameras' | 'faces' | 'motion'>;
  readonly activity: CameraActivity;
  readonly live: LiveEvents;
  readonly traces: FrameFollower | null;
  /** Counts the scores of strangers. */
  readonly strangers: Pick<StrangerScores, 'matched' | 'ended'>;
  /** Shows live tracks to models that run beside those in use. */
  readonly shadow: Pick<ShadowTracks, 'matched' | 'ended' | 'raised'>;
  /** Counts people that were compared with lists. */
  readonly people: Pick<CountPeopleSeen, 'seen'>;
  /** Counts what its pictures are like. */
  readonly drift: Pick<DriftRecorder, 'graded' | 'keyframe' | 'brightness'>;
  /** Gathers what a camera's pictures are worth, while somebody wants to know. */
  readonly assessments: Pick<Assessments, 'scene' | 'graded' | 'event'>;
  readonly faults: Pick<AnalysisFaults, 'analysed' | 'worked' | 'failed'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** What is reported of the way of a frame: to metrics, to the last minutes' activity, to live events. */
export function followAnalysis(options: FollowOptions): AnalysisListener {
  const { stages, metrics, activity, live, traces, faults, log } = options;
  const { assessments, drift, shadow, strangers, people } = options;
  return {
    stages,
    follower: traces,
    left: {
      ...followMotion(options),
      detect({ look }, cameraId) {
        // What was not looked at says nothing of the detector.
        if (look !== 'still') faults.worked(cameraId, 'detect');
      },
      ...followModels(options),
      track({ ended }) {
        for (const track of ended) live.ended(track);
      },
      quality(graded, cameraId) {
        const { frame, faces } = graded;
        if (frame === null) return;
        assessments.graded(cameraId, graded);
        drift.graded(cameraId, graded);
        faults.analysed(cameraId);
        if (faces.length > 0) faults.worked(cameraId, 'quality');
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
        faults.worked(cameraId, 'keyframe');
        metrics.faces.keyframe(cameraId);
        activity.keyframe(cameraId);
      },
      alert(raised, cameraId) {
        shadow.raised(raised);
        faults.worked(cameraId, 'alert');
      },
      pool(event, cameraId) {
        if (event.kind === 'template') {
          live.template(event.template);
          drift.keyframe(event.template.latest);
          if (event.template.keyframes === 1) people.seen(cameraId);
        } else if (event.kind === 'ended') {
          strangers.ended(event.track.trackId);
          shadow.ended(event.track.trackId);
        }
      },
      match(event, cameraId) {
        if (event.kind !== 'matched') return;
        strangers.matched(event);
        shadow.matched(event);
        faults.worked(cameraId, 'match');
        for (const each of event.matches) if (each.matched) metrics.faces.match(each.watchlistId);
      },
    },
    rejected(cameraId, reason) {
      metrics.faces.rejected(cameraId, reason);
      activity.rejected(cameraId, reason);
    },
    split: (split) => live.split(split),
    parts: (cameraId, looked, left) => metrics.motion.parts(cameraId, looked, left),
    tracks(cameraId, active) {
      metrics.faces.tracksActive(cameraId, active);
      activity.tracks(cameraId, active);
    },
    failed(cameraId, stage, error) {
      faults.failed(cameraId, stage, error);
      log.warn({ cameraId, stage, err: error }, 'A stage failed for this camera');
    },
  };
}

/** What says what moves in pictures, and how bright they are. */
function followMotion({
  activity,
  assessments,
  drift,
  faults,
  metrics,
}: FollowOptions): Pick<AnalysisListener['left'], 'motion'> {
  return {
    motion({ brightness, look, moving, time }, cameraId) {
      assessments.scene(cameraId, brightness, time);
      drift.brightness(cameraId, brightness);
      if (look !== 'always') faults.worked(cameraId, 'motion');
      metrics.motion.watched(cameraId, look, moving.length > 0);
      activity.watched(cameraId, look, moving.length > 0);
    },
  };
}

/** What says that the models of a keyframe work, and what they say of all keyframes. */
function followModels({
  faults,
  assessments,
  metrics,
}: FollowOptions): Pick<AnalysisListener['left'], 'align' | 'enhance' | 'embed' | 'fuse'> {
  return {
    align(event, cameraId) {
      if (event.kind === 'keyframe' && !event.keyframe.alignmentFailed) {
        faults.worked(cameraId, 'align');
      }
    },
    enhance(event, cameraId) {
      if (event.kind === 'keyframe' && !event.keyframe.enhancementFailed) {
        faults.worked(cameraId, 'enhance');
      }
    },
    embed(event, cameraId) {
      if (event.kind !== 'keyframe') return;
      faults.worked(cameraId, 'embed');
      const { occlusion } = event.keyframe.raw;
      if (occlusion !== undefined) metrics.faces.covered(cameraId, coveringsOf(occlusion));
    },
    fuse(event, cameraId) {
      assessments.event(cameraId, event);
      if (event.kind !== 'keyframe') return;
      const { enhanced, gate } = event.keyframe;
      // Where fusing failed the recorded face stands alone.
      if (enhanced === null || gate < 1) faults.worked(cameraId, 'fuse');
    },
  };
}
