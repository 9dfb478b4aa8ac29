import type { ApiClient } from './api-client.ts';
import type { Alert, CameraStatus, Detection } from './wire.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

export interface EventHandlers {
  connection(state: Connection): void;
  /** Subscribed without a point to resume from: what came before must be fetched. */
  fresh(): void;
  alert(alert: Alert): void;
  detection(detection: Detection): void;
  status(status: CameraStatus): void;
  dropped(topic: string, count: number): void;
}

const firstWaitMs = 500;
const longestWaitMs = 15_000;

/** The event socket, kept open: comes back by itself, resumes after the last alert that was seen. */
export class EventStream {
  readonly #api: ApiClient;
  readonly #topics: readonly string[];
  readonly #handlers: EventHandlers;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitMs = firstWaitMs;
  #since: string | undefined;
  #closed = false;

  constructor(api: ApiClient, topics: readonly string[], handlers: EventHandlers) {
    this.#api = api;
    this.#topics = topics;
    this.#handlers = handlers;
    handlers.connection('connecting');
    this.#connect();
  }

  /** Notes an alert that was seen by another way, so that resuming starts after it. */
  seen(alertId: string): void {
    if (this.#since === undefined || alertId > this.#since) this.#since = alertId;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect(): void {
    const socket = this.#api.openSocket('/ws');
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#received(JSON.parse(String(data)));
    socket.onclose = ({ code }) => this.#lost(code);
  }

  #lost(code: number): void {
    if (this.#closed) return;
    if (code === 4401) {
      this.#handlers.connection('refused');
      return;
    }
    this.#handlers.connection('lost');
    this.#timer = setTimeout(() => this.#connect(), this.#waitMs * (0.75 + Math.random() / 2));
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
  }

  #received(message: { type: string; [key: string]: unknown }): void {
    switch (message.type) {
      case 'authenticated':
        this.#socket?.send(
          JSON.stringify({
            type: 'subscribe',
            topics: this.#topics,
            ...(this.#since === undefined ? {} : { since: this.#since }),
          }),
        );
        return;
      case 'subscribed':
        this.#waitMs = firstWaitMs;
        this.#handlers.connection('live');
        if (message['since'] === null) this.#handlers.fresh();
        return;
      case 'dropped':
        this.#handlers.dropped(String(message['topic']), Number(message['count']));
        return;
      case 'nightglass.alert.v1': {
        const alert = message['data'] as Alert;
        this.seen(alert.id);
        this.#handlers.alert(alert);
        return;
      }
      case 'nightglass.detection.v1':
        this.#handlers.detection(message['data'] as Detection);
        return;
      case 'nightglass.camera.v1':
        this.#handlers.status(message['data'] as CameraStatus);
        return;
      default:
    }
  }
}
