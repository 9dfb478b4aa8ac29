import { type ArmingSubject, armingKey } from '../../../domain/arming.ts';
import type { CameraStatus } from '../../../domain/camera-status.ts';
import { isNightglassError } from '../../../domain/errors.ts';
import type { Log } from '../../../domain/log.ts';
import type { Attempt } from '../../../domain/outbox/delivery.ts';
import type { OutboxMessage } from '../../../domain/outbox/message.ts';
import type { Receiver } from '../../../domain/outbox/receiver.ts';
import { cloudEvent } from '../cloud-event.ts';
import type { Sender } from '../sender.ts';
import {
  armingDiscoveryOf,
  armingTopics,
  cameraTopics,
  type DiscoveryOptions,
  discoveryOf,
  type Kept,
  withdrawalOf,
} from './home-assistant.ts';
import { KeptTopics } from './kept-topics.ts';
import { MqttConnection, type MqttConnectionOptions } from './mqtt-connection.ts';
import { MqttOrders, type TakeOrder } from './mqtt-orders.ts';

export interface MqttOptions extends Omit<MqttConnectionOptions, 'heard' | 'onConnected' | 'will'> {
  readonly receiver: Pick<Receiver, 'id' | 'rules' | 'show'>;
  /** Of all topics, without a slash at its end. */
  readonly topic: string;
  /** Prefix of Home Assistant's discovery; undefined where it is not told. */
  readonly homeAssistant: string | undefined;
  /** Whether the broker keeps the picture of the last alert. */
  readonly keepPictures: boolean;
  readonly productVersion: string;
  /** Whether what others publish arms and disarms. */
  readonly commands: boolean;
  readonly log: Log;
}

/** States in which nothing is wrong with a camera. */
const fine: readonly CameraStatus['state'][] = ['live', 'connecting', 'scheduled_off', 'stopped'];

/**
 * Sends messages to a broker: each as a CloudEvent without pictures under `…/events`, the last alert
 * of a camera with its picture, and the states of cameras, which the broker keeps. That we are gone
 * says the broker.
 */
export class MqttSender implements Sender {
  readonly #options: MqttOptions;
  readonly #connection: MqttConnection;
  readonly #kept: KeptTopics;
  readonly #cameras = new Map<string, CameraStatus['state']>();
  /** What can be armed, as it was told last; empty where nobody may order. */
  readonly #armed = new Map<string, ArmingSubject & { readonly armed: boolean }>();
  readonly #orders: MqttOrders | undefined;

  constructor(options: MqttOptions) {
    this.#options = options;
    const { clock, commands, log, receiver, topic } = options;
    const orders = commands
      ? new MqttOrders({ receiverId: receiver.id, topic, rules: receiver.rules, clock, log })
      : undefined;
    this.#orders = orders;
    this.#connection = new MqttConnection({
      ...options,
      ...(orders && {
        heard: {
          topics: orders.topics,
          received: (...message) => orders.received(...message),
          refused: (error) =>
            log.warn(
              { receiver: receiver.id, reason: reasonOf(error, options.url.host) },
              'Nobody can order by MQTT: the broker refuses the subscription, or does not answer',
            ),
        },
      }),
      will: { topic: `${topic}/status`, payload: 'offline' },
      onConnected: () => this.#announce(),
    });
    this.#kept = new KeptTopics(({ topic, payload }) =>
      this.#connection.publish(topic, payload, true),
    );
    this.#connection.keep();
  }

  async send(message: OutboxMessage): Promise<Attempt> {
    const { topic } = this.#options;
    try {
      const event = cloudEvent({ ...message, pictures: [] });
      await this.#connection.publish(`${topic}/events`, JSON.stringify(event));
      await this.#lastAlert(message);
      return { taken: true };
    } catch (error) {
      return { taken: false, refused: false, reason: reasonOf(error, this.#options.url.host) };
    }
  }

  /** The state of a camera, for who looks at it now: it is not kept here when it cannot be sent. */
  camera({ cameraId, state }: Pick<CameraStatus, 'cameraId' | 'state'>): void {
    const { cameras } = this.#options.receiver.rules;
    if (cameras !== '*' && !cameras.includes(cameraId)) return;
    const known = this.#cameras.get(cameraId);
    if (known === state) return;
    // An attempt to connect ends no fault: it would come and go with each of them.
    if (state === 'connecting' && known !== undefined && !fine.includes(known)) return;
    this.#cameras.set(cameraId, state);
    void this.#kept.put([
      ...(known === undefined ? this.#discovery(cameraId) : []),
      this.#stateOf(cameraId, state),
    ]);
  }

  /** How everything stands that can be armed: what is new or differs is told, what is gone goes. */
  arming(all: readonly (ArmingSubject & { readonly armed: boolean })[]): void {
    if (this.#orders === undefined) return;
    const { cameras, watchlists } = this.#options.receiver.rules;
    const own = all.filter(({ kind, id }) => {
      const named = kind === 'camera' ? cameras : watchlists;
      return named === '*' || named.includes(id);
    });
    const present = new Set(own.map(armingKey));
    for (const [key, subject] of this.#armed) {
      if (present.has(key)) continue;
      this.#armed.delete(key);
      const { state } = armingTopics(this.#options.topic, subject);
      const { topic } = armingDiscoveryOf(subject, this.#discoveryOptions());
      void this.#kept.put([topic, state].map((each) => ({ topic: each, payload: '' })));
    }
    for (const { kind, id, armed } of own) {
      const key = armingKey({ kind, id });
      if (this.#armed.get(key)?.armed === armed) continue;
      this.#armed.set(key, { kind, id, armed });
      void this.#kept.put(this.#armingOf({ kind, id, armed }));
    }
  }

  /** Orders to arm and disarm go there; nothing is subscribed to before. */
  takeOrders(take: TakeOrder): void {
    this.#orders?.to(take);
    this.#connection.hear();
  }

  /** Topics under which the broker keeps what was told of cameras and watchlists. */
  get kept(): readonly string[] {
    const { keepPictures, receiver, topic } = this.#options;
    const hasImage = keepPictures && receiver.show.pictures.length > 0;
    return [
      ...[...this.#cameras.keys()].flatMap((id) => {
        const { image, lastAlert, state } = cameraTopics(topic, id);
        const own = this.#discovery(id).map((each) => each.topic);
        return [...own, state, lastAlert, ...(hasImage ? [image] : [])];
      }),
      ...[...this.#armed.values()].flatMap((each) =>
        this.#armingOf(each).map(({ topic: of }) => of),
      ),
    ];
  }

  /** The broker forgets what it keeps there. */
  withdraw(topics: readonly string[]): void {
    void this.#kept.put(topics.map((topic) => ({ topic, payload: '' })));
  }

  /** A camera is gone: its entities go. */
  forget(cameraId: string): void {
    if (!this.#cameras.delete(cameraId)) return;
    void this.#kept.put(withdrawalOf(cameraId, this.#discoveryOptions()));
  }

  /** Tells what is still to be told where the broker is there, and that it ends. */
  async close(): Promise<void> {
    if (this.#connection.isConnected) await this.#kept.put([]);
    await this.#connection.close({ topic: `${this.#options.topic}/status`, payload: 'offline' });
  }

  async #lastAlert({ data, pictures }: OutboxMessage): Promise<void> {
    if (data.kind !== 'alert' && data.kind !== 'sighting') return;
    const { keepPictures, topic } = this.#options;
    const topics = cameraTopics(topic, data.cameraId);
    // A broker keeps it, and forgets nobody: no name is in it.
    const { alertId, kind, state, watchlistId } = data;
    const at = new Date(data.capturedAt).toISOString();
    const told = { at, kind, alertId, state, watchlist: watchlistId };
    await this.#connection.publish(topics.lastAlert, JSON.stringify(told), true);
    // The first that the rule names: which face it is matters more than who it may be.
    const [picture] = pictures;
    if (picture === undefined) return;
    await this.#connection.publish(topics.image, Buffer.from(picture.jpeg), keepPictures);
  }

  /** Everything that a broker keeps, at each new connection. */
  #announce(): void {
    void this.#kept.put([
      { topic: `${this.#options.topic}/status`, payload: 'online' },
      ...[...this.#cameras].flatMap(([cameraId, state]) => [
        ...this.#discovery(cameraId),
        this.#stateOf(cameraId, state),
      ]),
      ...[...this.#armed.values()].flatMap((each) => this.#armingOf(each)),
    ]);
  }

  #stateOf(cameraId: string, state: CameraStatus['state']): Kept {
    const fault = fine.includes(state) ? 'off' : 'on';
    const { state: topic } = cameraTopics(this.#options.topic, cameraId);
    return { topic, payload: JSON.stringify({ state, fault }) };
  }

  #armingOf(subject: ArmingSubject & { readonly armed: boolean }): Kept[] {
    const { homeAssistant, topic: base } = this.#options;
    const { state } = armingTopics(base, subject);
    return [
      ...(homeAssistant === undefined
        ? []
        : [armingDiscoveryOf(subject, this.#discoveryOptions())]),
      { topic: state, payload: subject.armed ? 'ON' : 'OFF' },
    ];
  }

  #discovery(cameraId: string): Kept[] {
    if (this.#options.homeAssistant === undefined) return [];
    return discoveryOf(cameraId, this.#discoveryOptions());
  }

  #discoveryOptions(): DiscoveryOptions {
    const { homeAssistant, productVersion, receiver, topic } = this.#options;
    const prefix = homeAssistant ?? 'homeassistant';
    return { prefix, base: topic, show: receiver.show, version: productVersion };
  }
}

/** Why it was not taken; never a login. */
function reasonOf(error: unknown, host: string): string {
  if (isNightglassError(error, 'FORBIDDEN')) return error.message;
  const { code, message } = error as { code?: string | number; message: string };
  if (code === 'ETIMEDOUT') return `${host}: no answer in time`;
  return `${host}: ${typeof code === 'string' ? code : message}`;
}
