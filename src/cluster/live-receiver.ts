import type { Msg } from '@nats-io/transport-node';
import { clusterBounds } from '../domain/bounds.ts';
import type { ClusterDropReason } from '../domain/cluster.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import { type LiveBatch, readLiveBatch } from './live-batch.ts';
import { NewestOnly, ReplayGuard } from './replay-guard.ts';

export interface LiveReceiverOptions {
  readonly link: ClusterLink;
  /** Whether there is such a camera. */
  readonly knows: (cameraId: string) => boolean;
  readonly onBatch: (batch: LiveBatch) => void;
  readonly onDropped: (cameraId: string, reason: ClusterDropReason) => void;
}

/** Boxes and tracks of remote cameras as they happen; what was missed is not given again. */
export class LiveReceiver {
  readonly #options: LiveReceiverOptions;
  readonly #guard = new ReplayGuard();
  readonly #newest = new NewestOnly();
  readonly #stop: () => void;
  #heard = 0;

  constructor(options: LiveReceiverOptions) {
    this.#options = options;
    const subscription = options.link.connection.subscribe(clusterNames.liveSubjects, {
      // A fault of the subscription is told with those of the connection.
      callback: (error, message) => (error === null ? this.#take(message) : undefined),
    });
    this.#stop = () => subscription.unsubscribe();
  }

  /** Idempotent. */
  close(): void {
    if (!this.#options.link.connection.isClosed()) this.#stop();
  }

  #take({ data, subject }: Msg): void {
    const { knows, onBatch, onDropped } = this.#options;
    const [, , node = '', cameraId = ''] = subject.split('.');
    const isKnown = knows(cameraId);
    const batch = isKnown ? this.#read(data, node, cameraId) : 'unknown_camera';
    if (typeof batch === 'string') onDropped(isKnown ? cameraId : '', batch);
    else onBatch(batch);
  }

  #read(data: Uint8Array, node: string, cameraId: string): LiveBatch | ClusterDropReason {
    const { link } = this.#options;
    const opened = link.opener.open(`live/${cameraId}`, data);
    if (opened === null || opened.seal.node !== node) return 'invalid';
    this.#heard += 1;
    // Each comes once: a second with the same number was put in by somebody.
    const isNew = this.#newest.admits(node, { ...opened.seal, sequence: 0 });
    if (!isNew || !this.#guard.admits(opened.seal, this.#heard)) return 'replayed';
    const batch = readLiveBatch(opened.plain);
    if (batch === null || batch.cameraId !== cameraId) return 'invalid';
    const age = link.options.clock.now() - batch.sentAt;
    return Math.abs(age) > clusterBounds.live.ageMs ? 'stale' : batch;
  }
}
