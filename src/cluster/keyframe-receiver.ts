import { AckPolicy, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { Subject } from 'rxjs';
import { clusterBounds } from '../domain/bounds.ts';
import type { ClusterDropReason, RemoteEvent } from '../domain/cluster.ts';
import type { FaceImage } from '../domain/frame/face-image.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import { ReplayGuard } from './replay-guard.ts';
import { decodeEvent } from './wire.ts';

export interface KeyframeReceiverOptions {
  readonly link: ClusterLink;
  /** Name of the recognition model here: others do not compare. */
  readonly model: string;
  /** Whether faces can be dealt with; until then the server keeps them. Default: always. */
  readonly isReady?: () => boolean;
  readonly observer: {
    received(cameraId: string, bytes: number, isKeyframe: boolean, ageSeconds: number): void;
    redelivered(cameraId: string): void;
    dropped(cameraId: string, reason: ClusterDropReason): void;
  };
}

/** After the server was away, milliseconds. */
const pause = 500;

/**
 * The events of remote cameras. A keyframe counts as taken once what follows from it is stored
 * (`handled`); else the server gives it out again.
 */
export class KeyframeReceiver {
  readonly #options: KeyframeReceiverOptions;
  readonly #guard = new ReplayGuard();
  readonly #cameras = new Map<string, Subject<RemoteEvent>>();
  /** By the picture of the face, which stays the same object on its way. */
  readonly #open = new WeakMap<FaceImage, JsMsg>();
  #messages: ConsumerMessages | undefined;
  #closed = false;
  #working: Promise<void> | undefined;
  #pending = 0;
  #waited = 0;

  constructor(options: KeyframeReceiverOptions) {
    this.#options = options;
  }

  /** Messages that the server holds for later, and how long the last one had waited, milliseconds. */
  get backlog(): { readonly pending: number; readonly age: number } {
    return { pending: this.#pending, age: this.#pending === 0 ? 0 : this.#waited };
  }

  /** Events of a camera, from when somebody listens. */
  events(cameraId: string): Subject<RemoteEvent> {
    let events = this.#cameras.get(cameraId);
    if (events === undefined) {
      events = new Subject();
      this.#cameras.set(cameraId, events);
    }
    return events;
  }

  /** Forgets a camera that is gone. */
  forget(cameraId: string): void {
    this.#cameras.get(cameraId)?.complete();
    this.#cameras.delete(cameraId);
  }

  /** What follows from the keyframe is stored. */
  handled({ face }: Pick<FusedKeyframe, 'face'>): void {
    this.#open.get(face)?.ack();
    this.#open.delete(face);
  }

  /** Begins to take, once the cameras are there. */
  start(): void {
    this.#working ??= this.#work();
  }

  /**
   * Takes no more while faces cannot be dealt with: what is given out again and again would be given
   * up. Call it now and then.
   */
  attend(): void {
    if (!this.#isReady) void this.#messages?.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#messages?.close();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { clock, log } = this.#options.link.options;
    while (!this.#closed) {
      if (!this.#isReady) {
        await new Promise<void>((resolve) => clock.after(pause, resolve));
        continue;
      }
      try {
        const consumer = await this.#consumer();
        this.#messages = await consumer.consume({
          max_messages: clusterBounds.inFlight,
          expires: 5_000,
          idle_heartbeat: 1_000,
        });
        if (this.#closed) await this.#messages.close();
        for await (const message of this.#messages) this.#take(message);
      } catch (error) {
        if (!this.#closed) log.warn({ err: error }, 'Keyframes cannot be taken; trying again');
      }
      if (!this.#closed) await new Promise<void>((resolve) => clock.after(pause, resolve));
    }
  }

  get #isReady(): boolean {
    return this.#options.isReady?.() ?? true;
  }

  async #consumer(): Promise<Consumer> {
    const { client, manager } = this.#options.link;
    const { consumer, stream } = clusterNames;
    const settings = {
      ack_wait: clusterBounds.ackMs * 1e6,
      max_ack_pending: clusterBounds.inFlight,
      max_deliver: clusterBounds.deliveries,
    };
    // Adding one that is there with the same settings changes nothing.
    await manager.consumers.add(stream, {
      ...{ durable_name: consumer, ack_policy: AckPolicy.Explicit, ...settings },
    });
    return client.consumers.get(stream, consumer);
  }

  #take(message: JsMsg): void {
    const { link, observer } = this.#options;
    const { info } = message;
    const [, , node = '', cameraId = ''] = message.subject.split('.');
    const waited = Math.max(0, link.options.clock.now() - Number(info.timestampNanos) / 1e6);
    this.#pending = info.pending;
    this.#waited = waited;
    const events = this.#cameras.get(cameraId);
    // A camera that is opened again is away for a moment.
    if (events === undefined && info.deliveryCount < 3) {
      message.nak(1_000);
      return;
    }
    const event = events ? this.#read(message, node, cameraId, waited) : 'unknown_camera';
    if (typeof event === 'string' || events === undefined) {
      const reason = typeof event === 'string' ? event : 'unknown_camera';
      observer.dropped(events === undefined ? '' : cameraId, reason);
      message.term(reason);
      return;
    }
    const isKeyframe = event.kind === 'keyframe';
    if (info.deliveryCount > 1) observer.redelivered(cameraId);
    observer.received(cameraId, message.data.length, isKeyframe, waited / 1000);
    if (isKeyframe) this.#open.set(event.keyframe.face, message);
    events.next(event);
    if (!isKeyframe) message.ack();
    else if (info.deliveryCount >= clusterBounds.deliveries) {
      observer.dropped(cameraId, 'given_up');
    }
  }

  /** Opens and decodes what nobody else can have made. @returns why it is refused, else the event */
  #read(
    { data, seq }: JsMsg,
    node: string,
    cameraId: string,
    waited: number,
  ): RemoteEvent | ClusterDropReason {
    const { link, model } = this.#options;
    const opened = link.opener.open(`keyframe/${cameraId}`, data);
    if (opened === null || opened.seal.node !== node) return 'invalid';
    if (!this.#guard.admits(opened.seal, seq)) return 'replayed';
    const event = decodeEvent(opened.plain, link.options.clock.monotonic() - waited);
    if (event === null || cameraOf(event) !== cameraId) return 'invalid';
    return event.kind === 'keyframe' && event.keyframe.model !== model ? 'model' : event;
  }
}

function cameraOf(event: RemoteEvent): string {
  if (event.kind === 'keyframe') return event.keyframe.cameraId;
  return event.kind === 'seen' ? event.seen.cameraId : event.track.cameraId;
}
