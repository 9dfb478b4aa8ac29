import type { Worker } from 'node:worker_threads';
import { onvifBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import {
  type CameraEvents,
  type DeviceAccess,
  type DeviceEvent,
  type DeviceEventKind,
  deviceEventKinds,
} from '../../domain/onvif.ts';
import { type RetryPolicy, retryDelay } from '../backoff.ts';
import { type HostAddresses, resolveHost } from '../rtsp/wire.ts';
import { hostsOf, onvifThread } from './onvif-client.ts';
import type { OnvifMessage } from './worker-messages.ts';

export interface WatchEventsOptions {
  readonly access: DeviceAccess;
  /** What is heard; default: all kinds. */
  readonly kinds?: readonly DeviceEventKind[];
  /** Resolves the device's name at each attempt, and refuses what no camera may have. */
  readonly addresses?: HostAddresses;
  readonly clock: Clock;
  readonly retry?: Partial<RetryPolicy>;
  readonly random?: () => number;
  /** Called with each change. */
  readonly onChange: (events: CameraEvents) => void;
}

/** Events matter less than the picture: a device that has none of them is asked ever more seldom. */
const retryPolicy: Partial<RetryPolicy> = {
  initialMs: 2_000,
  maxMs: 120_000,
  unauthorizedMs: 300_000,
  failedMs: 300_000,
};

/**
 * Hears a device's events in a thread of its own, and begins again when that ends, after pauses
 * that grow.
 * @returns ends it; idempotent
 */
export function watchDeviceEvents(options: WatchEventsOptions): () => Promise<void> {
  const watch = new EventWatch(options);
  return () => watch.close();
}

class EventWatch {
  readonly #options: WatchEventsOptions;
  /** Whether each source of a kind is active. */
  readonly #sources: Record<DeviceEventKind, Map<string, boolean>> = {
    motion: new Map(),
    tamper: new Map(),
  };
  #events: CameraEvents = { state: 'connecting', reason: null, motion: null, tamper: null };
  #worker: Worker | null = null;
  #failures = 0;
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(options: WatchEventsOptions) {
    this.#options = options;
    this.#start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #start(): void {
    this.#change({});
    const { access, addresses = resolveHost } = this.#options;
    hostsOf(access.address, addresses).then(
      (hosts) => {
        if (!this.#closed) this.#listen(hosts);
      },
      // The device is where no camera may be.
      (error: unknown) => this.#again(isNightglassError(error) ? error : null),
    );
  }

  #listen(hosts: readonly string[]): void {
    const { address, username, password, tls } = this.#options.access;
    const worker = onvifThread({ kind: 'events', address, username, password, tls, hosts });
    this.#worker = worker;
    let why: CameraEvents['reason'] = null;
    worker.on('message', (message: OnvifMessage) => {
      if (message.type === 'failed') why = message.failure;
      else this.#hear(message);
    });
    // Out of memory, or something that the library did not expect.
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      if (this.#worker === worker) this.#again(why);
    });
    worker.unref();
  }

  #hear(message: OnvifMessage): void {
    if (this.#closed) return;
    if (message.type === 'subscribed') {
      // Devices begin a subscription with how things are.
      for (const kind of deviceEventKinds) this.#sources[kind].clear();
      this.#change({ state: 'listening', reason: null });
    } else if (message.type === 'events') {
      // A subscription that brings something is sound; one that ends at once is not.
      this.#failures = 0;
      for (const event of message.events) this.#take(event);
    }
  }

  #take({ kind, source, active }: DeviceEvent): void {
    if (!(this.#options.kinds ?? deviceEventKinds).includes(kind)) return;
    const sources = this.#sources[kind];
    if (!sources.has(source) && sources.size >= onvifBounds.eventSources) return;
    sources.set(source, active);
    const now = [...sources.values()].includes(true);
    if (this.#events[kind]?.active === now) return;
    this.#change({ [kind]: { active: now, since: this.#options.clock.now() } });
  }

  #again(why: CameraEvents['reason']): void {
    this.#worker = null;
    if (this.#closed) return;
    const { clock, random, retry } = this.#options;
    this.#failures += 1;
    const { host } = new URL(this.#options.access.address);
    const reason = why ?? {
      code: 'ONVIF_FAILED',
      message: `Cannot hear events of ${host}: its answers cannot be read`,
    };
    const policy = { ...retryPolicy, ...retry };
    const code = reason.code === 'STREAM_UNAUTHORIZED' ? reason.code : 'STREAM_UNREACHABLE';
    const { ms } = retryDelay(code, this.#failures, policy, random);
    const { code: is, message } = reason;
    this.#change({ state: 'failed', reason: { code: is, message } });
    this.#cancel = clock.after(ms, () => this.#start());
  }

  #change(part: Partial<CameraEvents>): void {
    this.#events = { ...this.#events, ...part };
    this.#options.onChange(this.#events);
  }
}
