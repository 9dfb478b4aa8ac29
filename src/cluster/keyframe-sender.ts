import { clusterBounds } from '../domain/bounds.ts';
import type { ClusterDropReason, NodeDrops, RemoteEvent } from '../domain/cluster.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import { encodeEvent } from './wire.ts';
import { noteWaited } from './wire-parts.ts';

interface Waiting {
  readonly cameraId: string;
  readonly isKeyframe: boolean;
  readonly bytes: Uint8Array;
  readonly since: number;
}

export interface KeyframeSenderOptions {
  readonly link: ClusterLink;
  /** Of what waits while the server does not take it. */
  readonly queueBytes: number;
  /** What waited for so long is not worth sending any more, milliseconds. */
  readonly maxAge: number;
  readonly onDropped?: (cameraId: string, reason: ClusterDropReason) => void;
}

/** After the server did not take one, milliseconds. */
const pause = 250;

/**
 * Sends the events of this node's cameras, in their order, each until the server has stored it. What
 * waits is bounded; where there is no room the oldest keyframe gives way.
 */
export class KeyframeSender {
  readonly #options: KeyframeSenderOptions;
  readonly #drops = new Map<string, NodeDrops>();
  #queue: Waiting[] = [];
  #bytes = 0;
  #sent = { keyframes: 0, bytes: 0 };
  #working: Promise<void> | null = null;
  #closed = false;
  #number = 0;

  constructor(options: KeyframeSenderOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get sent(): { readonly keyframes: number; readonly bytes: number } {
    return this.#sent;
  }

  get drops(): readonly NodeDrops[] {
    return [...this.#drops.values()];
  }

  send(event: RemoteEvent): void {
    const { clock } = this.#options.link.options;
    const now = clock.monotonic();
    const isKeyframe = event.kind === 'keyframe';
    const cameraId = cameraOf(event);
    if (this.#closed) return;
    const bytes = encodeEvent(event, now);
    if (bytes.length > clusterBounds.messageBytes) {
      this.#drop(cameraId, 'too_large');
      return;
    }
    this.#queue.push({ cameraId, isKeyframe, bytes, since: now });
    this.#bytes += bytes.length;
    while (
      this.#bytes > this.#options.queueBytes ||
      this.#queue.length > clusterBounds.queueItems
    ) {
      // The first may be on its way. Notes are small, and the end of a track must not be lost.
      const at = this.#queue.findIndex(({ isKeyframe }, index) => isKeyframe && index > 0);
      const [gone] = this.#queue.splice(at === -1 ? 1 : at, 1);
      if (gone === undefined) break;
      this.#bytes -= gone.bytes.length;
      this.#drop(gone.cameraId, 'full');
    }
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  /** Resolves when all was sent, after `limit` milliseconds at the latest; sends nothing more. */
  async close(limit = 1_500): Promise<void> {
    const { clock } = this.#options.link.options;
    const end = Promise.withResolvers<void>();
    const cancel = clock.after(limit, () => end.resolve());
    await Promise.race([this.#working, end.promise]);
    cancel();
    this.#closed = true;
    this.#queue = [];
  }

  async #work(): Promise<void> {
    const { link } = this.#options;
    for (let next = this.#queue[0]; next !== undefined && !this.#closed; next = this.#queue[0]) {
      this.#number += 1;
      await this.#deliver(next, `${link.sealer.session}-${this.#number}`);
      if (this.#queue[0] === next) this.#queue.shift();
      this.#bytes -= next.bytes.length;
    }
  }

  /** Tries until the server has stored it. */
  async #deliver(next: Waiting, msgID: string): Promise<void> {
    const { link, maxAge } = this.#options;
    const { clock, log } = link.options;
    const { cameraId, isKeyframe, since } = next;
    const subject = clusterNames.subject(link.node, cameraId);
    while (!this.#closed) {
      const waited = clock.monotonic() - since;
      if (waited > maxAge) return this.#drop(cameraId, 'stale');
      noteWaited(next.bytes, waited);
      const { bytes } = link.seal(`keyframe/${cameraId}`, next.bytes);
      try {
        // The same id each time: the server stores it once, whichever answer was lost.
        await link.client.publish(subject, bytes, { msgID, timeout: clusterBounds.answerMs });
        this.#sent = {
          keyframes: this.#sent.keyframes + (isKeyframe ? 1 : 0),
          bytes: this.#sent.bytes + bytes.length,
        };
        return;
      } catch (error) {
        if ((error as { name?: string }).name === 'JetStreamApiError') {
          log.warn({ err: error, cameraId }, 'The server refused a keyframe');
          return this.#drop(cameraId, 'refused');
        }
        await new Promise<void>((resolve) => clock.after(pause, resolve));
      }
    }
  }

  #drop(cameraId: string, reason: ClusterDropReason): void {
    const key = `${cameraId} ${reason}`;
    const { count } = this.#drops.get(key) ?? { count: 0 };
    this.#drops.set(key, { cameraId, reason, count: count + 1 });
    this.#options.onDropped?.(cameraId, reason);
  }
}

function cameraOf(event: RemoteEvent): string {
  if (event.kind === 'keyframe') return event.keyframe.cameraId;
  return event.kind === 'seen' ? event.seen.cameraId : event.track.cameraId;
}
