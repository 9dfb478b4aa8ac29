import { PermissionViolationError } from '@nats-io/transport-node';
import { clusterBounds } from '../domain/bounds.ts';
import type { NodeDrops } from '../domain/cluster.ts';
import type { DetectionEvent, TrackEvent } from '../domain/live-events.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import type { LiveBatch } from './live-batch.ts';

interface Waiting {
  readonly detections: DetectionEvent[];
  readonly tracks: TrackEvent[];
}

/** After the server refused one for want of a right, milliseconds. */
const refusedFor = 60_000;

/**
 * Sends boxes and tracks of this node's cameras as they happen: one message a camera and tenth of a
 * second. The server keeps none; what is late, or finds no room, is dropped, the oldest first.
 */
export class LiveSender {
  readonly #link: ClusterLink;
  readonly #drops = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();
  /** By camera, when the last picture was without faces: its wall time. */
  readonly #empty = new Map<string, number>();
  #cancel: (() => void) | undefined;
  #closed = false;
  #refusedUntil = Number.NEGATIVE_INFINITY;

  constructor(link: ClusterLink) {
    this.#link = link;
    void this.#followRefusals();
  }

  get drops(): readonly NodeDrops[] {
    return [...this.#drops].map(([cameraId, count]) => ({ cameraId, reason: 'live', count }));
  }

  /** Pictures without faces go once a second, so that boxes vanish also where one was lost. */
  detected(event: DetectionEvent): void {
    const { cameraId, capturedAt, faces } = event;
    if (faces.length === 0) {
      const since = capturedAt - (this.#empty.get(cameraId) ?? Number.NEGATIVE_INFINITY);
      if (since >= 0 && since < clusterBounds.live.emptyMs) return;
      this.#empty.set(cameraId, capturedAt);
    } else this.#empty.delete(cameraId);
    this.#add(cameraId, 'detections', {
      ...event,
      faces: faces.slice(0, clusterBounds.live.faces),
    });
  }

  tracked(event: TrackEvent): void {
    this.#add(event.cameraId, 'tracks', event);
  }

  /** Forgets a camera that is gone; what is counted of it stays. */
  forget(cameraId: string): void {
    this.#empty.delete(cameraId);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#waiting.clear();
  }

  #add<K extends keyof Waiting>(cameraId: string, kind: K, event: Waiting[K][number]): void {
    if (this.#closed) return;
    const waiting = this.#waiting.get(cameraId) ?? { detections: [], tracks: [] };
    this.#waiting.set(cameraId, waiting);
    const of = waiting[kind] as (typeof event)[];
    of.push(event);
    if (of.length > clusterBounds.live[kind]) {
      of.shift();
      this.#drop(cameraId, 1);
    }
    this.#cancel ??= this.#link.options.clock.after(clusterBounds.live.everyMs, () =>
      this.#flush(),
    );
  }

  #flush(): void {
    this.#cancel = undefined;
    const { clock } = this.#link.options;
    const mayGo = this.#link.connected && clock.monotonic() >= this.#refusedUntil;
    for (const [cameraId, waiting] of this.#waiting) {
      const isSent =
        mayGo && this.#publish({ ...waiting, cameraId, version: 1, sentAt: clock.now() });
      if (!isSent) this.#drop(cameraId, waiting.detections.length + waiting.tracks.length);
    }
    this.#waiting.clear();
  }

  #publish(
    batch: LiveBatch | (Waiting & Pick<LiveBatch, 'version' | 'cameraId' | 'sentAt'>),
  ): boolean {
    const { cameraId } = batch;
    const plain = Buffer.from(JSON.stringify(batch), 'utf8');
    if (plain.length > clusterBounds.live.bytes) return false;
    const { bytes } = this.#link.seal(`live/${cameraId}`, plain);
    try {
      this.#link.connection.publish(clusterNames.live(this.#link.node, cameraId), bytes);
      return true;
    } catch {
      // It is closed for good, or about to be.
      return false;
    }
  }

  /** A server whose rights are of an older version would complain of each. */
  async #followRefusals(): Promise<void> {
    const { clock, log } = this.#link.options;
    for await (const status of this.#link.connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue;
      if (!status.error.subject.startsWith(clusterNames.live(this.#link.node, ''))) continue;
      this.#refusedUntil = clock.monotonic() + refusedFor;
      log.warn(
        {},
        'The server lets this node send no boxes and tracks: see the rights of docs/scale.md',
      );
    }
  }

  #drop(cameraId: string, count: number): void {
    this.#drops.set(cameraId, (this.#drops.get(cameraId) ?? 0) + count);
  }
}
