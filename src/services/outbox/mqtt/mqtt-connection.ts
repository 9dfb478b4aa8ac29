import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Clock } from '../../../domain/clock.ts';
import { inTime, TimedOut } from '../../../domain/in-time.ts';
import { hostOf, openSocket } from '../open-socket.ts';

export interface MqttConnectionOptions {
  /** `mqtt:` or `mqtts:`. */
  readonly url: URL;
  /** Where its host is, asked before each connection. @throws for an address that is refused */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  readonly version: '3.1.1' | '5';
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
  /** For a connection, and for a message until the broker has it; milliseconds. */
  readonly timeoutMs: number;
  /** What the broker says in our place when we are gone. */
  readonly will: { readonly topic: string; readonly payload: string };
  readonly clock: Clock;
  /** What is heard once {@link MqttConnection.hear} was called, and by whom; undefined: nothing. */
  readonly heard?: {
    readonly topics: readonly string[];
    readonly received: (topic: string, payload: Buffer, kept: boolean) => void;
    /** Told where the broker refuses it, or does not answer; sending goes on. */
    readonly refused: (error: unknown) => void;
  };
  /** Called at each new connection. */
  readonly onConnected: () => void;
}

/** Between two attempts to connect while nothing is to be sent, or to be heard; milliseconds. */
const reconnectMs = 30_000;

/** A connection to a broker that is made again when it ends, to allowed addresses alone. */
export class MqttConnection {
  readonly #options: MqttConnectionOptions;
  #client: MqttClient | undefined;
  #connecting: Promise<MqttClient> | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelHearing: (() => void) | undefined;
  #hears = false;
  #closed = false;

  constructor(options: MqttConnectionOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#client?.connected === true;
  }

  /** Connects, and goes on trying. */
  keep(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (this.#closed) return;
    // That it fails is told by what is sent.
    this.#open().catch(() => this.#retryLater());
  }

  /** From now on what others publish is heard, over this connection and each later one. Idempotent. */
  hear(): void {
    if (this.#hears) return;
    this.#hears = true;
    if (this.#client !== undefined) void this.#subscribe(this.#client);
  }

  /**
   * Publishes, and returns once the broker has it.
   * @throws Error with a `code`, of the guard, or that it took too long
   */
  async publish(topic: string, payload: string | Buffer, retain = false): Promise<void> {
    const client = await this.#inTime(this.#open());
    await this.#inTime(client.publishAsync(topic, payload, { qos: 1, retain }));
  }

  /** Says a last word and ends. */
  async close(last: { readonly topic: string; readonly payload: string }): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelHearing?.();
    const client = this.#client;
    if (client === undefined) return;
    const { topic, payload } = last;
    await this.#inTime(client.publishAsync(topic, payload, { qos: 1, retain: true })).catch(
      () => undefined,
    );
    await this.#inTime(client.endAsync(true)).catch(() => undefined);
  }

  #open(): Promise<MqttClient> {
    if (this.#client?.connected) return Promise.resolve(this.#client);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<MqttClient> {
    const { addresses, heard, onConnected, url } = this.#options;
    this.#drop();
    const host = hostOf(url);
    const tls = url.protocol === 'mqtts:';
    const port = url.port === '' ? (tls ? 8883 : 1883) : Number(url.port);
    const found = await this.#inTime(addresses(host));
    const { ca } = this.#options;
    const socket = { host, port, found, tls, ...(ca === undefined ? {} : { ca }) };
    const client = new mqtt.MqttClient(() => openSocket(socket), this.#clientOptions());
    const connected = Promise.withResolvers<MqttClient>();
    client.once('connect', () => connected.resolve(client));
    client.on('message', (topic, payload, { retain }) => heard?.received(topic, payload, retain));
    client.on('error', (error) => connected.reject(error));
    client.on('close', () => {
      connected.reject(Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' }));
      if (this.#client === client) {
        this.#drop();
        this.#retryLater();
      }
    });
    connected.promise.catch(() => undefined);
    try {
      await this.#inTime(connected.promise);
    } catch (error) {
      client.end(true);
      throw error;
    }
    if (this.#closed || !client.connected) {
      client.end(true);
      throw Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' });
    }
    this.#client = client;
    // Before anything is told: who hears that we are there may order.
    if (this.#hears) void this.#subscribe(client);
    onConnected();
    return client;
  }

  /** Where the connection ends meanwhile, the next one asks anew. */
  async #subscribe(client: MqttClient): Promise<void> {
    const { clock, heard } = this.#options;
    if (heard === undefined) return;
    try {
      await this.#inTime(client.subscribeAsync([...heard.topics], { qos: 1 }));
    } catch (error) {
      if (this.#client !== client || !client.connected || this.#closed) return;
      heard.refused(error);
      if (!(error instanceof TimedOut)) return;
      this.#cancelHearing = clock.after(reconnectMs, () => void this.#subscribe(client));
    }
  }

  #clientOptions(): IClientOptions {
    const { clientId, password, timeoutMs, username, version, will } = this.#options;
    return {
      ...{ clientId, clean: true, reconnectPeriod: 0, connectTimeout: timeoutMs, keepalive: 30 },
      protocolVersion: version === '5' ? 5 : 4,
      // What could not be sent waits in the outbox, not here.
      queueQoSZero: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    this.#cancelHearing?.();
    client?.end(true);
  }

  #retryLater(): void {
    if (this.#closed || this.#cancelRetry !== undefined) return;
    this.#cancelRetry = this.#options.clock.after(reconnectMs, () => this.keep());
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    return inTime(work, this.#options.timeoutMs, this.#options.clock);
  }
}
