import { type Observable, Subscription } from 'rxjs';
import type { DebugLog } from '../../domain/log.ts';
import type { Topic } from '../../domain/topics.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import type { EventClient } from './event-client.ts';
import {
  alertEvent,
  armingEvent,
  cameraEvent,
  detectionEvent,
  embeddingEvent,
  siteAlertEvent,
  trackEvent,
  type WireEvent,
} from './wire-event.ts';

/** Hands each event of the pipeline to all clients. Subscribes to the pipeline once. */
export class EventHub {
  readonly #clients = new Set<EventClient>();
  readonly #subscription = new Subscription();
  readonly #log: DebugLog;

  constructor(services: GatewayServices, log: DebugLog) {
    this.#log = log;
    this.#connect('alerts', services.alerts$, alertEvent);
    this.#connect('detections', services.detections$, detectionEvent);
    this.#connect('tracks', services.tracks$, trackEvent);
    this.#connect('embeddings', services.embeddings$, embeddingEvent);
    this.#connect('status', services.status$, cameraEvent);
    this.#connect('arming', services.arming$, armingEvent);
    this.#connect('site-alerts', services.siteAlerts$, siteAlertEvent);
  }

  add(client: EventClient): void {
    this.#clients.add(client);
  }

  remove(client: EventClient): void {
    this.#clients.delete(client);
  }

  /** Lets go of the pipeline. Idempotent. */
  close(): void {
    this.#subscription.unsubscribe();
    this.#clients.clear();
  }

  #connect<T>(topic: Topic, source: Observable<T>, toWire: (value: T) => WireEvent): void {
    this.#subscription.add(
      source.subscribe({
        next: (value) => {
          if (this.#clients.size === 0) return;
          const event = toWire(value);
          for (const client of this.#clients) this.#deliver(client, event);
        },
        error: (error: unknown) =>
          this.#log.error({ err: error, topic }, 'The pipeline gives no more events of this topic'),
      }),
    );
  }

  /** One client's trouble is not another's. */
  #deliver(client: EventClient, event: WireEvent): void {
    try {
      client.deliver(event);
    } catch (error) {
      this.#log.error({ err: error, topic: event.topic }, 'Cannot send an event to a client');
    }
  }
}
