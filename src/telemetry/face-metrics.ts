import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface FaceMetrics {
  faces(camera: string, count: number): void;
  rejected(camera: string, reason: string): void;
  keyframe(camera: string): void;
  tracksActive(camera: string, count: number): void;
  match(watchlist: string): void;
  alert(watchlist: string, latencySeconds: number | undefined): void;
}

export function registerFaceMetrics(registry: Registry): FaceMetrics {
  const registers = [registry];
  const faces = new Counter({
    name: 'nightglass_faces_total',
    help: 'Faces found in frames',
    labelNames: ['camera'],
    registers,
  });
  const rejected = new Counter({
    name: 'nightglass_faces_rejected_total',
    help: 'Faces not used, by the quality component that failed first',
    labelNames: ['camera', 'reason'],
    registers,
  });
  const keyframes = new Counter({
    name: 'nightglass_keyframes_total',
    help: 'Face images chosen for enhancement and matching',
    labelNames: ['camera'],
    registers,
  });
  const tracks = new Gauge({
    name: 'nightglass_tracks_active',
    help: 'Faces in view',
    labelNames: ['camera'],
    registers,
  });
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
  const latency = new Histogram({
    name: 'nightglass_alert_latency_seconds',
    help: 'Time from capture of the deciding frame to publication of the alert',
    buckets: [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5],
    registers,
  });
  return {
    faces: (camera, count) => faces.inc({ camera }, count),
    rejected: (camera, reason) => rejected.inc({ camera, reason }),
    keyframe: (camera) => keyframes.inc({ camera }),
    tracksActive: (camera, count) => tracks.set({ camera }, count),
    match: (watchlist) => matches.inc({ watchlist }),
    alert(watchlist, seconds) {
      alerts.inc({ watchlist });
      if (seconds !== undefined) latency.observe(seconds);
    },
  };
}
