import type { ImportJob } from '../../../src/services/enrolment/import-job.ts';
import type { SystemReport } from '../../../src/services/system/system.ts';
import { openScene } from '../watched-frame.ts';

export const fakeComponent = {
  name: 'Sharpness',
  value: 81,
  raw: 0.9,
  unit: 'crispness',
  ok: true,
  advice: null,
};

export const quietCamera = {
  tracksActive: 0,
  recent: {
    seconds: 600,
    frames: 0,
    faces: 0,
    looks: {},
    keyframes: 0,
    rejected: {},
    quality: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  },
  scene: openScene,
  framesMade: 0,
  framesDropped: {},
};

export const fakeSystem: SystemReport = {
  uptimeSeconds: 42,
  node: '24.0.0',
  providers: [],
  models: [
    {
      name: 'detect-s',
      task: 'detect',
      version: '1',
      sha256: 'a'.repeat(64),
      bytes: 1000,
      precision: 'fp32',
      provider: 'cpu',
      partly: false,
      licence: 'Apache-2.0',
      card: true,
    },
  ],
  templates: { model: 'm@1:0', pending: 0, renewed: 0, failed: [] },
  disabled: [],
  workers: [{ name: 'faces', state: 'ready' }],
  queues: [{ queue: 'detect', depth: 0, limit: 64 }],
  windowSeconds: 300,
  stages: [{ stage: 'detect', count: 10, median: 0.02, p99: 0.05 }],
  alertLatency: null,
  framesMade: [],
  drops: [],
  framesLive: 0,
  nodes: [],
  store: { writable: true, mode: 'disk', encrypted: true, bytes: 4096, freeBytes: 1e9 },
  memory: { residentBytes: 2e8, heapBytes: 5e7 },
};

export const fakeImport: ImportJob = {
  id: 'job-1',
  watchlistId: 'list-1',
  state: 'done',
  done: 1,
  total: 1,
  startedAt: 1,
  endedAt: 2,
  report: [
    {
      person: 'Ada',
      personId: 'person-1',
      file: '1.jpg',
      status: 'enrolled',
      quality: 81,
      warnings: [],
    },
  ],
};
