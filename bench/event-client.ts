import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Milliseconds from a frame's capture to its event at this client, by kind. */
export interface Latencies {
  readonly detection: number[];
  readonly embedding: number[];
  /** Alerts and sightings, new or updated by a better face: the capture of the deciding one counts. */
  readonly alert: number[];
}

/** A client of the gateway that subscribes to everything and measures. */
export interface EventClient extends AsyncDisposable {
  readonly latencies: Latencies;
  /** Alert events with new pictures since the last `reset`, by size class of the face. */
  readonly pictured: { readonly interEyeDistances: number[] };
  /** Events that the server dropped because this client was too slow. */
  readonly dropped: number;
  /** Forgets what was measured. */
  reset(): void;
}

interface WireAppearance {
  readonly capturedAt: number;
  readonly interEyeDistance: number;
}

interface WireMessage {
  readonly type: string;
  readonly count?: number;
  readonly message?: string;
  readonly data?: WireAppearance & {
    readonly id: string;
    /** Of alerts. */
    readonly sightings?: readonly WireAppearance[];
  };
}

/** Connects and subscribes to alerts, detections, embeddings and tracks of all cameras. */
export async function openEventClient(address: string, token: string): Promise<EventClient> {
  const socket = new WebSocket(`${address.replace(/^http/, 'ws')}/ws`, [
    'nightglass.v1',
    `nightglass.token.${token}`,
  ]);
  const latencies: Latencies = { detection: [], embedding: [], alert: [] };
  const pictured = { interEyeDistances: [] as number[] };
  const decidedBy = new Map<string, number>();
  let dropped = 0;
  let since = performance.timeOrigin + performance.now();
  const subscribed = Promise.withResolvers<void>();
  socket.on('error', subscribed.reject);
  socket.on('close', (code) => subscribed.reject(new Error(`The socket was closed: ${code}`)));
  socket.on('message', (bytes: Buffer) => {
    const now = performance.timeOrigin + performance.now();
    const { type, data, count, message } = JSON.parse(bytes.toString()) as WireMessage;
    if (type === 'subscribed') subscribed.resolve();
    if (type === 'error') subscribed.reject(new Error(message));
    if (type === 'dropped') dropped += count ?? 0;
    if (data === undefined) return;
    if (type === 'nightglass.detection.v1') latencies.detection.push(now - data.capturedAt);
    else if (type === 'nightglass.embedding.v1') latencies.embedding.push(now - data.capturedAt);
    else if (type === 'nightglass.alert.v1') {
      for (const [number, appearance] of [data, ...(data.sightings ?? [])].entries()) {
        const key = `${data.id}/${number}`;
        if (decidedBy.get(key) === appearance.capturedAt) continue;
        decidedBy.set(key, appearance.capturedAt);
        // Its first event was not measured: this one says what became of its clip.
        if (appearance.capturedAt < since) continue;
        latencies.alert.push(now - appearance.capturedAt);
        pictured.interEyeDistances.push(appearance.interEyeDistance);
      }
    }
  });
  await once(socket, 'open');
  const topics = ['alerts', 'detections', 'embeddings', 'tracks'];
  socket.send(JSON.stringify({ type: 'subscribe', topics }));
  await subscribed.promise;
  return {
    latencies,
    pictured,
    get dropped() {
      return dropped;
    },
    reset() {
      dropped = 0;
      since = performance.timeOrigin + performance.now();
      pictured.interEyeDistances.length = 0;
      for (const list of Object.values(latencies) as number[][]) list.length = 0;
    },
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close();
      await once(socket, 'close');
    },
  };
}
