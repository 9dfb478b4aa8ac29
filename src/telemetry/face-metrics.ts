import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type LeftOutReason, leftOutReasons } from '../domain/camera-scene.ts';
import { type Covering, coverings } from '../domain/quality/occlusion.ts';
import type { Quality, QualityComponent, QualityReason } from '../domain/quality/quality.ts';

type OtherReason = 'busy' | 'below_gate' | LeftOutReason;

/**
 * Why a face was not used: what weighed most against it, that there was no time for it, or that its
 * track matched somebody and has no face above the quality gate to show (`below_gate`).
 */
export const rejectionReasons = [
  'sharpness',
  'entropy',
  'interEyeDistance',
  'yaw',
  'pitch',
  'roll',
  'underExposure',
  'overExposure',
  'dynamicRange',
  'compression',
  'coverage',
  'recognisability',
  'not_a_face',
  'below_gate',
  ...leftOutReasons,
  'busy',
] as const satisfies readonly (QualityReason | OtherReason)[];

const others: readonly string[] = ['busy', 'below_gate', 'not_a_face', ...leftOutReasons];
/** Reasons that are components of quality, and so have a metric of their own. */
export const qualityComponents = rejectionReasons.filter(
  (reason): reason is Extract<typeof reason, QualityComponent> => !others.includes(reason),
);

export interface FaceMetrics {
  faces(camera: string, count: number): void;
  graded(camera: string, quality: Quality): void;
  rejected(camera: string, reason: string): void;
  keyframe(camera: string): void;
  /** A keyframe whose face wears these. */
  covered(camera: string, found: readonly Covering[]): void;
  tracksActive(camera: string, count: number): void;
  match(watchlist: string): void;
  alert(watchlist: string, latencySeconds: number | undefined): void;
  sighting(watchlist: string, latencySeconds: number | undefined): void;
  /** Starts at 0 what grows with the first event: rates and increases miss a series' first value. */
  expect(camera: string): void;
  expectWatchlist(watchlist: string): void;
  forget(camera: string): void;
  forgetWatchlist(watchlist: string): void;
}

/** Faces, from the first sight to the alert. */
export function registerFaceMetrics(registry: Registry): FaceMetrics {
  const found = registerFound([registry]);
  const { faces, rejected, score, distance, component, keyframes, covered, tracks } = found;
  const { matches, alerts, sightings, latency } = registerRecognised([registry]);
  for (const name of qualityComponents) component.zero({ component: name });
  return {
    faces: (camera, count) => faces.inc({ camera }, count),
    graded(camera, quality) {
      score.observe({ camera }, quality.score);
      for (const [name, { raw, score: points }] of Object.entries(quality.components)) {
        component.observe({ component: name }, points);
        if (name === 'interEyeDistance') distance.observe({ camera }, raw);
      }
    },
    rejected: (camera, reason) => rejected.inc({ camera, reason }),
    keyframe: (camera) => keyframes.inc({ camera }),
    covered(camera, worn) {
      for (const covering of worn) covered.inc({ camera, covering });
    },
    tracksActive: (camera, count) => tracks.set({ camera }, count),
    match: (watchlist) => matches.inc({ watchlist }),
    alert(watchlist, seconds) {
      alerts.inc({ watchlist });
      if (seconds !== undefined) latency.observe(seconds);
    },
    sighting(watchlist, seconds) {
      sightings.inc({ watchlist });
      if (seconds !== undefined) latency.observe(seconds);
    },
    expect(camera) {
      for (const counter of [faces, keyframes]) counter.inc({ camera }, 0);
      for (const histogram of [score, distance]) histogram.zero({ camera });
      for (const reason of rejectionReasons) rejected.inc({ camera, reason }, 0);
      for (const covering of coverings) covered.inc({ camera, covering }, 0);
      tracks.set({ camera }, 0);
    },
    expectWatchlist(watchlist) {
      for (const counter of [matches, alerts, sightings]) counter.inc({ watchlist }, 0);
    },
    forget(camera) {
      for (const metric of [faces, score, distance, keyframes, tracks]) metric.remove({ camera });
      for (const reason of rejectionReasons) rejected.remove({ camera, reason });
      for (const covering of coverings) covered.remove({ camera, covering });
    },
    forgetWatchlist(watchlist) {
      for (const counter of [matches, alerts, sightings]) counter.remove({ watchlist });
    },
  };
}

/** What is found in frames. */
function registerFound(registers: Registry[]) {
  const faces = new Counter({
    name: 'nightglass_faces_total',
    help: 'Faces found in frames',
    labelNames: ['camera'],
    registers,
  });
  const rejected = new Counter({
    name: 'nightglass_faces_rejected_total',
    help: 'Faces not used, by the quality component that weighed most; zone, too_small, too_large: left out as the camera is set; busy: no room for them',
    labelNames: ['camera', 'reason'],
    registers,
  });
  const score = new Histogram({
    name: 'nightglass_face_quality_score',
    help: 'Unified quality of the faces found, 0 to 100',
    labelNames: ['camera'],
    buckets: [10, 20, 30, 40, 50, 60, 70, 80, 90],
    registers,
  });
  const distance = new Histogram({
    name: 'nightglass_face_inter_eye_distance_pixels',
    help: 'Pixels between the eyes of the faces found',
    labelNames: ['camera'],
    buckets: [6, 8, 10, 14, 20, 30, 45, 60, 90],
    registers,
  });
  const component = new Histogram({
    name: 'nightglass_face_quality_component_score',
    help: 'Quality of the faces found by component, 0 (useless) to 100',
    labelNames: ['component'],
    buckets: [10, 25, 50, 75, 90],
    registers,
  });
  const keyframes = new Counter({
    name: 'nightglass_keyframes_total',
    help: 'Face images chosen for enhancement and matching',
    labelNames: ['camera'],
    registers,
  });
  const covered = new Counter({
    name: 'nightglass_faces_covered_total',
    help: 'Face images chosen for matching in which a mask, dark glasses or headwear were found',
    labelNames: ['camera', 'covering'],
    registers,
  });
  const tracks = new Gauge({
    name: 'nightglass_tracks_active',
    help: 'Faces in view',
    labelNames: ['camera'],
    registers,
  });
  return { faces, rejected, score, distance, component, keyframes, covered, tracks };
}

/** What comes of it. */
function registerRecognised(registers: Registry[]) {
  const matches = new Counter({
    name: 'nightglass_matches_total',
    help: 'Track templates at or above the threshold of a watchlist',
    labelNames: ['watchlist'],
    registers,
  });
  const alerts = new Counter({
    name: 'nightglass_alerts_total',
    help: 'Alerts created',
    labelNames: ['watchlist'],
    registers,
  });
  const sightings = new Counter({
    name: 'nightglass_alert_sightings_total',
    help: 'Sightings that joined an alert on which nobody had decided',
    labelNames: ['watchlist'],
    registers,
  });
  const latency = new Histogram({
    name: 'nightglass_alert_latency_seconds',
    help: 'Time from capture of the deciding frame to publication of the alert or the sighting',
    buckets: [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5],
    registers,
  });
  return { matches, alerts, sightings, latency };
}
