import type { Alert, AlertState } from '../../src/domain/alert.ts';
import { Frame } from '../../src/domain/frame/frame.ts';
import type { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { dropReasons } from '../../src/domain/frame/ledger.ts';
import type { Picture } from '../../src/domain/frame/picture.ts';
import { coverings } from '../../src/domain/quality/occlusion.ts';
import type { Quality, QualityComponent } from '../../src/domain/quality/quality.ts';
import { streamFaults } from '../../src/telemetry/camera-metrics.ts';
import { rejectionReasons } from '../../src/telemetry/face-metrics.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { stages } from '../../src/telemetry/stage-metrics.ts';

const picture: Picture = {
  width: 4,
  height: 4,
  rgb: () => Promise.reject(new Error('not read here')),
  luma: () => Promise.reject(new Error('not read here')),
  jpeg: () => Promise.reject(new Error('not read here')),
  dispose: () => undefined,
};

export function frameOf(ledger: FrameLedger, cameraId: string, capturedMonotonic = 0): Frame {
  return Frame.create({
    cameraId,
    sequence: 0,
    mediaTime: 0,
    capturedAt: 1_700_000_000_000,
    capturedMonotonic,
    picture,
    ledger,
  });
}

const components: readonly QualityComponent[] = [
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
];

export const someQuality: Quality = {
  components: Object.fromEntries(components.map((name) => [name, { raw: 12, score: 60 }])),
  score: 60,
  verdict: 'accept',
  reasons: [],
};

export function alertOf(cameraId: string, watchlistId: string, state: AlertState): Alert {
  const facts = {
    id: '01J',
    state,
    watchlistId,
    cameraId,
    createdAt: 0,
    updatedAt: 30_000,
    scores: { raw: 0.5, enhanced: null, fused: 0.6 },
    threshold: 0.4,
    quality: 60,
  };
  return facts as unknown as Alert;
}

const models = [
  'detector',
  'denoiser',
  'super-resolver',
  'embedder',
  'fuser',
  'quality',
  'occlusion',
];

/** Gives every metric every value that so many cameras and watchlists can give it. */
export function fillMetrics(
  metrics: Metrics,
  ledger: FrameLedger,
  size: { readonly cameras: number; readonly watchlists: number },
): void {
  const names = (kind: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
  const lists = names('list', size.watchlists);
  watchParts(metrics, lists);
  for (const camera of names('camera', size.cameras)) fillCamera(metrics, ledger, camera, lists);
  for (const list of lists) {
    metrics.faces.match(list);
    metrics.faces.alert(list, 0.2);
    metrics.faces.sighting(list, 0.2);
    for (const state of ['acknowledged', 'confirmed', 'dismissed', 'escalated'] as const) {
      metrics.reviews.reviewed(alertOf('camera-1', list, state));
    }
  }
  for (const stage of stages) {
    metrics.stages.age(stage, 0.1);
    metrics.stages.duration(stage, 0.01);
  }
  for (const model of models) metrics.inference.batch(model, 'cpu', 2, 0.01);
  for (const worker of ['detect', 'faces']) metrics.inference.workerRestart(worker);
  metrics.system.socketClients('events', 4);
  metrics.system.socketDropped('detections', 4);
  for (let route = 0; route < 60; route += 1) {
    for (const status of [200, 304, 400, 500]) metrics.system.request(`/r${route}`, status, 0.01);
  }
}

function fillCamera(
  metrics: Metrics,
  ledger: FrameLedger,
  camera: string,
  lists: readonly string[],
): void {
  metrics.expectCamera(camera);
  metrics.cameras.status({
    cameraId: camera,
    state: 'live',
    since: 0,
    reconnects: 0,
    framesPerSecond: 10,
    video: { codec: 'h264', width: 1920, height: 1080, decoder: 'software' },
    events: {
      state: 'listening',
      reason: null,
      motion: { active: true, since: 0 },
      tamper: { active: false, since: 0 },
    },
  });
  for (const fault of streamFaults) metrics.cameras.reconnect(camera, fault);
  metrics.cameras.analysed(camera, 1e12);
  metrics.faces.faces(camera, 3);
  metrics.faces.graded(camera, someQuality);
  for (const reason of rejectionReasons) metrics.faces.rejected(camera, reason);
  metrics.faces.keyframe(camera);
  metrics.faces.covered(camera, coverings);
  metrics.faces.tracksActive(camera, 3);
  for (const reason of dropReasons) frameOf(ledger, camera).drop(reason);
  for (const state of ['confirmed', 'dismissed'] as const) {
    metrics.reviews.reviewed(alertOf(camera, lists[0] ?? 'none', state));
  }
}

/** What is read at each scrape. */
function watchParts(metrics: Metrics, lists: readonly string[]): void {
  metrics.watch({
    inference: () => ({
      models: models.map((model) => ({
        model,
        provider: 'cpu',
        precision: 'fp32',
        partly: false,
        fallbackFrom: 'cuda',
      })),
      queues: ['detect', 'fuse', 'embed', 'align', 'enhance'].map((operation) => ({
        operation,
        depth: 3,
        limit: 64,
      })),
    }),
    workers: () =>
      ['detect', 'faces'].map((name) => ({
        name,
        ready: true,
        activeSeconds: 1,
        cpuSeconds: 1,
        heapBytes: 1e7,
      })),
    disk: () => ({ free: 1e10, size: 1e11, database: 1e8 }),
    gpus: () => [{ gpu: 'nvidia-0', used: 1e9, total: 8e9, own: 1e8 }],
    watchlists: () => ({
      lists: lists.map((id) => ({
        id,
        expiresAt: 1e12,
        inForce: true,
        people: 10,
        usableTemplates: 30,
        outdatedTemplates: 1,
      })),
      openAlerts: lists.map((watchlistId) => ({
        watchlistId,
        state: 'new',
        count: 2,
        oldest: 1e12,
      })),
      templatesPending: 0,
      templatesFailed: 0,
      unstored: { waiting: 1, lost: 1 },
    }),
  });
}
