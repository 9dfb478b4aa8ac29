import { last, takeUntil, throttleTime } from 'rxjs';
import type { Config } from '../config/schema.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import { PartShare } from '../domain/part-share.ts';
import { createAlertIds } from '../services/alerts/alert-id.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import type { Assessments } from '../services/cameras/assessments.ts';
import type { DriftWatch } from '../services/cameras/drift-watch.ts';
import { similarityLevels } from '../services/search/similarity-levels.ts';
import type { StageMetrics } from '../telemetry/stage-metrics.ts';
import { alertOnRemote, analyse } from './analyse.ts';
import type { AnalysisListener, AnalysisPorts } from './analysis-contract.ts';
import { analysisSettings } from './analysis-settings.ts';
import { CameraSet, type CameraSetOptions } from './camera-set.ts';
import { countPeople } from './count-people.ts';
import { countStrangers } from './count-strangers.ts';
import { followAnalysis } from './follow-analysis.ts';
import { followCameras } from './follow-cameras.ts';
import type { Foundation } from './foundation.ts';
import { openAssessments } from './open-assessments.ts';
import type { Clips } from './open-clips.ts';
import type { OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';
import { openShadow } from './open-shadow.ts';
import { openTraces } from './open-traces.ts';
import { type DriftParts, recordDrift, watchDrift } from './record-drift.ts';
import type { RemoteCameras } from './remote-cameras.ts';
import { timedEnhancer, timedPorts } from './timed-ports.ts';
import { version } from './version.ts';

/** Closer looks under way at once, of all cameras: a batch of the detector's and a little. */
const partsAtOnce = 12;

/** The cameras, none of them open yet, and what their frames go through. */
export interface Analysis {
  readonly cameras: CameraSet;
  readonly ports: AnalysisPorts;
  readonly assessments: Assessments;
  readonly drift: DriftWatch;
}

/**
 * Wires the way of a frame. The caller closes the cameras.
 * @throws NightglassError `SECRET_MISSING`
 */
export async function openAnalysis(
  foundation: Foundation,
  records: Records,
  models: Models,
  gallery: OpenGallery,
  from: {
    readonly codec: ImageCodec;
    readonly configHash: () => string;
    readonly clips: Clips;
    readonly remote: RemoteCameras | undefined;
    readonly arming: Pick<ArmingService, 'compares'>;
  },
): Promise<Analysis> {
  const { activity, baseDir, clock, config, env, faults, latencies } = foundation;
  const { live, log, metrics, resources } = foundation;
  const { alerts, watchlists } = records;
  const { changes$, searches } = gallery;
  const { detector, embedder, inference } = models;
  const stages: StageMetrics = {
    age: metrics.stages.age,
    duration(stage, seconds) {
      metrics.stages.duration(stage, seconds);
      latencies.observe(stage, seconds);
    },
  };
  const newest = alerts.latestId();
  const ports = timedPorts(
    {
      detector,
      aligner: inference.aligner(),
      partShare: new PartShare({ total: partsAtOnce, clock }),
      enhancer: inference.enhancer(),
      embedder,
      fuser: inference.fuser(),
      gallery: searches,
      strangerBelow: () => similarityLevels(inference.calibration).stranger,
      // Enrolment brings a change an image.
      listChanges$: changes$.pipe(throttleTime(250, undefined, { leading: true, trailing: true })),
      alertStore: alerts,
      codec: from.codec,
      clock,
      newAlertId: createAlertIds({ clock, ...(newest === undefined ? {} : { after: newest }) }),
      enrolledImage: async (templateId) => watchlists.templateImage(templateId),
      modelStamps: inference.stamps(),
      configHash: from.configHash,
      clipOf: (cameraId) => from.clips.clipOf(cameraId),
    },
    stages,
    clock,
  );
  /** A camera with a denoiser of its own goes through it, and its alerts say so. */
  const portsOf = (denoiser?: string | null): AnalysisPorts => {
    if (denoiser === undefined || denoiser === null) return ports;
    const enhancer = timedEnhancer(inference.enhancer(denoiser), stages, clock);
    return { ...ports, enhancer, modelStamps: inference.stamps(denoiser) };
  };
  const traces = await openTraces({ config, baseDir, env, clock, log, metrics, version });
  if (traces !== null) resources.use(traces);
  const observed = { metrics, activity, faults, live, traces, clock, log };
  const seen = { cameras: () => cameras, isRemote: from.remote !== undefined };
  const counts = openCounts(foundation, records, models, seen);
  const assessments = openAssessments(foundation, records, models, () => cameras);
  const shadow = openShadow(foundation, records, models, gallery, from);
  const listener = followAnalysis({ ...observed, ...counts, assessments, shadow, stages });
  const cameras: CameraSet = new CameraSet({
    analyse: analysisOf(config, portsOf, listener, from.remote),
    ...followCameras({ ...observed, latencies, clips: from.clips }),
  });
  return { assessments, cameras, drift: watchDrift(foundation, records, models, seen), ports };
}

/** What is counted of people who match nobody, and of pictures: histograms alone. */
function openCounts(foundation: Foundation, records: Records, models: Models, seen: DriftParts) {
  const drift = recordDrift(foundation, records, models, seen);
  const strangers = countStrangers(foundation, records, models, drift);
  return { drift, strangers, people: countPeople(foundation, records) };
}

/** The way of a camera's frames here, or of its faces where other nodes pull it. */
function analysisOf(
  config: Config,
  portsOf: (denoiser?: string | null) => AnalysisPorts,
  listener: AnalysisListener,
  remote: RemoteCameras | undefined,
): CameraSetOptions['analyse'] {
  return (frames$, camera) => {
    const settings = analysisSettings(config, camera);
    if (remote === undefined) {
      return analyse(frames$, settings, portsOf(camera.denoiser), listener);
    }
    // The frames are elsewhere; their end is the camera's.
    const events$ = remote.events(camera.id).pipe(takeUntil(frames$.pipe(last(null, null))));
    // Nodes have the usual denoiser alone.
    return alertOnRemote(events$, settings, portsOf(), listener, (template) =>
      remote.handled(template),
    );
  };
}
