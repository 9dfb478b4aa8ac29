/*
 * A gateway in a process of its own, so that its memory is not its clients'. Ordered about over IPC.
 * With the names of tokens as arguments it is open to these operators alone, else to all.
 */
import { createGateway } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from './fake-access.ts';
import { MemoryServices } from './memory-services.ts';
import { sampleAlert } from './sample-alert.ts';

export type LoadOrder =
  /** Detections of the cameras at ten a second each, until told otherwise; none stops them. */
  | { readonly order: 'detections'; readonly cameras: readonly string[] }
  /** Detections of this camera as fast as can be, until each of so many clients misses every one. */
  | { readonly order: 'flood'; readonly camera: string; readonly slowClients: number }
  /** So many alerts of this camera, `everyMs` apart; 0 is as fast as can be. */
  | {
      readonly order: 'alerts';
      readonly camera: string;
      readonly count: number;
      readonly everyMs: number;
    }
  | { readonly order: 'memory' };

export type LoadReport =
  | { readonly report: 'listening'; readonly address: string }
  | { readonly report: 'done'; readonly order: LoadOrder['order'] }
  | {
      readonly report: 'memory';
      /** Bytes, after a garbage collection. */
      readonly rss: number;
      readonly heapUsed: number;
      readonly external: number;
      /** Highest resident size so far. */
      readonly peakRss: number;
      readonly dropped: number;
    };

const cameras = ['hall', 'gate', 'yard', 'dock', 'crowd'];
const services = new MemoryServices();
services.cameraViews = cameras.map((id) => ({
  id,
  name: id,
  status: { cameraId: id, state: 'live', since: 1, reconnects: 0 },
  motion: 'unwatched',
  preview: false,
}));
let dropped = 0;
let sequence = 0;
let alerts = 0;
let detecting: readonly string[] = [];

const operators = process.argv.slice(2);
const gateway = await createGateway({
  host: '127.0.0.1',
  port: 0,
  openOnLoopback: operators.length === 0,
  services,
  access: new FakeAccess(Object.fromEntries(operators.map((name) => [name, { role: 'operator' }]))),
  version: '0.0.0',
  observer: {
    dropped: (_topic, count) => {
      dropped += count;
    },
  },
});

function detect(cameraId: string, faces: number): void {
  sequence += 1;
  const point = { x: 310.25, y: 120.5 };
  services.detections$.next({
    cameraId,
    sequence,
    capturedAt: Date.now(),
    frameWidth: 768,
    frameHeight: 432,
    faces: Array.from({ length: faces }, (_, index) => ({
      box: { x: index * 11.5, y: 120.25, width: 40.5, height: 52.75 },
      landmarks: [point, point, point, point, point] as never,
      score: 0.93,
      trackId: `t-${index}`,
      quality: 57,
      verdict: 'accept' as const,
    })),
  });
}

/** Wall time with parts of a millisecond, the same clock as the clients'. */
const now = () => performance.timeOrigin + performance.now();

function raise(cameraId: string): void {
  alerts += 1;
  const at = now();
  services.raise({
    change: 'created',
    alert: sampleAlert(alerts, {
      cameraId,
      capturedAt: at,
      createdAt: Math.round(at),
      updatedAt: at,
    }),
  });
}

setInterval(() => {
  for (const camera of detecting) detect(camera, 6);
}, 100);

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

async function flood(camera: string, slowClients: number): Promise<void> {
  for (;;) {
    const before = dropped;
    detect(camera, 60);
    if (dropped - before >= slowClients) return;
    await turn();
  }
}

async function raiseAll(camera: string, count: number, everyMs: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    raise(camera);
    if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
    else if (n % 50 === 49) await turn();
  }
}

function tell(report: LoadReport): void {
  process.send?.(report);
}

process.on('message', async (message: LoadOrder) => {
  if (message.order === 'detections') detecting = message.cameras;
  else if (message.order === 'flood') await flood(message.camera, message.slowClients);
  else if (message.order === 'alerts')
    await raiseAll(message.camera, message.count, message.everyMs);
  else {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const peakRss = process.resourceUsage().maxRSS * 1024;
    tell({ report: 'memory', rss, heapUsed, external, peakRss, dropped });
    return;
  }
  tell({ report: 'done', order: message.order });
});
process.on('disconnect', () => process.exit(0));
tell({ report: 'listening', address: gateway.address });
