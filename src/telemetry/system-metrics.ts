import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Topics of the event socket, and the preview; a closed set, it is a metric's label. */
const topics = ['detections', 'embeddings', 'tracks', 'status', 'arming', 'site-alerts', 'preview'];

export interface SystemMetrics {
  socketClients(kind: 'events' | 'preview', count: number): void;
  socketDropped(topic: string, count: number): void;
  /** Uploads, or decoded pictures, that wait for room. */
  queue(of: 'uploads' | 'pictures', waiting: number): void;
  /** An upload was refused for want of room. */
  uploadRefused(): void;
  /** A picture was refused for want of room to decode it. */
  pictureRefused(): void;
  storeFault(faulty: boolean): void;
  /** Nothing is deleted by age, because the clock jumped. */
  retentionHeld(held: boolean): void;
  /** What is wrong now, as `/healthz` says it: codes, one a problem. */
  problems(codes: readonly string[]): void;
  /** A request was answered. @param route its pattern, `/api/alerts/:id` */
  request(route: string, status: number, seconds: number): void;
  /** Spans of traces that the collector took, or that were lost on the way. */
  spans(result: 'exported' | 'failed', count: number): void;
}

/** Sockets, requests, store, traces, build. */
export function registerSystemMetrics(registry: Registry, version: string): SystemMetrics {
  const registers = [registry];
  const clients = new Gauge({
    name: 'nightglass_ws_clients',
    help: 'WebSocket clients connected that receive events',
    registers,
  });
  const previews = new Gauge({
    name: 'nightglass_preview_clients',
    help: 'WebSocket clients connected that watch live video',
    registers,
  });
  const dropped = new Counter({
    name: 'nightglass_ws_dropped_total',
    help: 'Messages not sent to slow WebSocket clients (preview: chunks or pictures of video)',
    labelNames: ['topic'],
    registers,
  });
  for (const topic of topics) dropped.inc({ topic }, 0);
  const room = registerRoom(registry);
  const requests = new Counter({
    name: 'nightglass_http_requests_total',
    help: 'HTTP requests answered, by pattern of the address and class of the status',
    labelNames: ['route', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'nightglass_http_request_duration_seconds',
    help: 'Time to answer an HTTP request',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const fault = new Gauge({
    name: 'nightglass_store_fault',
    help: '1 while the data folder cannot be written',
    registers,
  });
  fault.set(0);
  const held = new Gauge({
    name: 'nightglass_retention_held',
    help: '1 while nothing is deleted by age because the clock jumped',
    registers,
  });
  held.set(0);
  const problems = new Gauge({
    name: 'nightglass_problems',
    help: 'Problems that make the health degraded, by code; the reasons are in /healthz',
    labelNames: ['code'],
    registers,
  });
  const spans = new Counter({
    name: 'nightglass_trace_spans_total',
    help: 'Spans of traces handed to the collector; failed: it did not take them',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['exported', 'failed']) spans.inc({ result }, 0);
  new Gauge({
    name: 'nightglass_build_info',
    help: 'Version in force, 1',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.versions.node }, 1);
  return {
    socketClients: (kind, count) => (kind === 'events' ? clients : previews).set(count),
    socketDropped: (topic, count) => dropped.inc({ topic }, count),
    ...room,
    storeFault: (faulty) => fault.set(faulty ? 1 : 0),
    retentionHeld: (is) => held.set(is ? 1 : 0),
    problems(codes) {
      problems.reset();
      for (const code of codes) problems.inc({ code });
    },
    request(route, status, seconds) {
      requests.inc({ route, status: `${Math.floor(status / 100)}xx` });
      duration.observe(seconds);
    },
    spans: (result, count) => spans.inc({ result }, count),
  };
}

/** Room for uploads and pictures. */
function registerRoom(
  registry: Registry,
): Pick<SystemMetrics, 'queue' | 'uploadRefused' | 'pictureRefused'> {
  const registers = [registry];
  const uploads = new Gauge({
    name: 'nightglass_http_uploads_waiting',
    help: 'Uploads that wait until there is room for them',
    registers,
  });
  const pictures = new Gauge({
    name: 'nightglass_http_pictures_waiting',
    help: 'Uploaded and imported pictures that wait until there is room to decode them',
    registers,
  });
  const refused = new Counter({
    name: 'nightglass_http_uploads_refused_total',
    help: 'Uploads refused with 503 because too many waited, or for too long',
    registers,
  });
  const picturesRefused = new Counter({
    name: 'nightglass_http_pictures_refused_total',
    help: 'Uploaded and imported pictures that found no room to be decoded in time',
    registers,
  });
  return {
    pictureRefused: () => picturesRefused.inc(),
    queue: (of, waiting) => (of === 'uploads' ? uploads : pictures).set(waiting),
    uploadRefused: () => refused.inc(),
  };
}
