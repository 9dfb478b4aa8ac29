import { AlertMemory } from './alert-memory.ts';
import { ApiError } from './api-error.ts';
import type { EventData, Topic } from './wire.ts';

export type WatchState = 'connecting' | 'live' | 'lost' | 'ended';

export interface WatchOptions {
  readonly topics: readonly Topic[];
  /** Default: all that the token may see. */
  readonly cameras?: readonly string[];
  /**
   * Id of the last alert that was seen: all that was sent since comes first. Default: what is
   * sent from now on.
   */
  readonly since?: string;
  /** Each revision of an alert once: created, then each update and review. */
  readonly onAlert?: (alert: EventData<'alerts'>) => void;
  readonly onDetection?: (detection: EventData<'detections'>) => void;
  readonly onTrack?: (track: EventData<'tracks'>) => void;
  readonly onEmbedding?: (embedding: EventData<'embeddings'>) => void;
  readonly onCamera?: (status: EventData<'status'>) => void;
  readonly onArming?: (arming: EventData<'arming'>) => void;
  /** At a centre: what came of an alert of a site. None is sent again after a lost connection. */
  readonly onSiteAlert?: (alert: EventData<'site-alerts'>) => void;
  /** Events other than alerts that were left out because this client was too slow. */
  readonly onDropped?: (topic: Topic, count: number) => void;
  readonly onState?: (state: WatchState) => void;
  /** What the gateway refused; with `UNAUTHENTICATED` and `FORBIDDEN` the watch has ended. */
  readonly onError?: (error: ApiError) => void;
}

export interface WatchPorts {
  /** Opens the gateway's `/ws`. */
  readonly open: () => WebSocket;
  /** Id of the newest alert, to resume from when the connection is lost before the first one. */
  readonly newestAlert: () => Promise<string | undefined>;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Silence after which the gateway is asked whether it is still there. */
  readonly silenceMs: number;
}

/** Close codes after which coming back with the same token is of no use. */
const final: Readonly<Record<number, string>> = { 4401: 'UNAUTHENTICATED' };
const tooManyAttempts = 4029;
/** Sorts before every alert. */
const beforeAll = '0';

type Message = { readonly type: string } & Readonly<Record<string, unknown>>;

/**
 * A subscription that outlives its connection: it comes back with growing waits
 * and resumes after the last alert, so that none is missed and none delivered twice.
 */
export class EventWatch {
  readonly #options: WatchOptions;
  readonly #ports: WatchPorts;
  readonly #memory: AlertMemory;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitMs: number;
  #state: WatchState | undefined;
  /** True while an answer to our question is awaited. */
  #asked = false;

  constructor(options: WatchOptions, ports: WatchPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#memory = new AlertMemory(options.since);
    this.#waitMs = ports.firstWaitMs;
    this.#setState('connecting');
    void this.#begin();
  }

  /** Id of the newest alert that was delivered: `since` of a later watch. */
  get since(): string | undefined {
    return this.#memory.since;
  }

  /** Ends the watch. Idempotent. */
  close(): void {
    this.#end();
  }

  async #begin(): Promise<void> {
    if (this.#options.topics.includes('alerts') && this.#memory.since === undefined) {
      try {
        // An alert that comes between this and the subscription is then replayed.
        this.#memory.resumeFrom((await this.#ports.newestAlert()) ?? beforeAll);
      } catch (error) {
        this.#failed(error);
        return;
      }
    }
    if (this.#state !== 'ended') this.#connect();
  }

  #failed(error: unknown): void {
    if (this.#state === 'ended') return;
    const refusal = error instanceof ApiError ? error : undefined;
    if (refusal !== undefined) this.#options.onError?.(refusal);
    if (refusal?.status === 401 || refusal?.status === 403) this.#end();
    else this.#comeBack(() => void this.#begin());
  }

  #connect(): void {
    const socket = this.#ports.open();
    this.#socket = socket;
    // A line that was cut may also let a connection hang that was just begun.
    this.#timer = setTimeout(() => {
      socket.close();
      this.#lost(1006);
    }, this.#ports.silenceMs);
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) this.#received(String(data));
    };
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) this.#lost(code);
    };
  }

  #lost(code: number): void {
    clearTimeout(this.#timer);
    this.#socket = undefined;
    const refused = final[code];
    if (refused !== undefined) {
      const message = 'Cannot go on: the token is not valid, or no longer';
      this.#options.onError?.(new ApiError(401, { code: refused, message }));
      this.#end();
      return;
    }
    if (code === tooManyAttempts) this.#waitMs = this.#ports.longestWaitMs;
    this.#comeBack(() => this.#connect());
  }

  #comeBack(again: () => void): void {
    this.#setState('lost');
    // Clients that were cut off together must not come back together.
    const wait = this.#waitMs * (0.5 + Math.random() / 2);
    this.#waitMs = Math.min(this.#waitMs * 2, this.#ports.longestWaitMs);
    this.#timer = setTimeout(() => {
      this.#setState('connecting');
      again();
    }, wait);
  }

  #received(text: string): void {
    this.#asked = false;
    this.#listen();
    const message = JSON.parse(text) as Message;
    switch (message.type) {
      case 'authenticated':
        this.#subscribe(this.#memory.since);
        return;
      case 'subscribed':
        this.#waitMs = this.#ports.firstWaitMs;
        this.#setState('live');
        return;
      case 'dropped':
        this.#options.onDropped?.(message['topic'] as Topic, Number(message['count']));
        return;
      case 'error':
        this.#refused(String(message['code']), String(message['message']));
        return;
      default:
        this.#event(message.type, message['data']);
    }
  }

  #refused(code: string, message: string): void {
    // Its close code says so too.
    if (code === 'UNAUTHENTICATED') return;
    this.#options.onError?.(new ApiError(0, { code, message }));
    // The subscription as it is will never be given.
    if (code === 'FORBIDDEN' || code === 'BAD_REQUEST') this.#end();
  }

  #event(type: string, data: unknown): void {
    const { onAlert, onArming, onDetection, onTrack, onEmbedding, onCamera, onSiteAlert } =
      this.#options;
    switch (type) {
      case 'nightglass.alert.v1': {
        const alert = data as EventData<'alerts'>;
        if (this.#memory.isNew(alert)) onAlert?.(alert);
        return;
      }
      case 'nightglass.detection.v1':
        onDetection?.(data as EventData<'detections'>);
        return;
      case 'nightglass.track.v1':
        onTrack?.(data as EventData<'tracks'>);
        return;
      case 'nightglass.embedding.v1':
        onEmbedding?.(data as EventData<'embeddings'>);
        return;
      case 'nightglass.camera.v1':
        onCamera?.(data as EventData<'status'>);
        return;
      case 'nightglass.arming.v1':
        onArming?.(data as EventData<'arming'>);
        return;
      case 'nightglass.site-alert.v1':
        onSiteAlert?.(data as EventData<'site-alerts'>);
        return;
      default:
      // A newer gateway may send other types.
    }
  }

  #subscribe(since?: string): void {
    const { topics, cameras = ['*'] } = this.#options;
    const resume = since !== undefined && topics.includes('alerts') ? { since } : {};
    this.#socket?.send(JSON.stringify({ type: 'subscribe', topics, cameras, ...resume }));
  }

  /** A line that was cut says nothing: after a silence the gateway is asked, and given up without an answer. */
  #listen(): void {
    clearTimeout(this.#timer);
    // Each subscription to embeddings goes on record: it must not be renewed just to ask.
    if (this.#options.topics.includes('embeddings')) return;
    this.#timer = setTimeout(() => {
      if (this.#asked) {
        this.#socket?.close();
        this.#lost(1006);
        return;
      }
      this.#asked = true;
      // From where we stand: what was lost on the way comes again.
      this.#subscribe(this.#memory.since);
      this.#listen();
    }, this.#ports.silenceMs);
  }

  #end(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#setState('ended');
  }

  #setState(state: WatchState): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}
