import { type Observable, retry, type Subscription, timer } from 'rxjs';
import type { CameraScene } from '../domain/camera-scene.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { QuietScene } from '../domain/quiet-scene.ts';
import type { RaisedAlert } from '../domain/raised-alert.ts';

/** What the set needs of an open camera. */
export interface OpenCamera {
  readonly frames$: Observable<Frame>;
  readonly status$: Observable<CameraStatus>;
  /** Null when preview is switched off. */
  readonly preview: CameraPreview | null;
  close(): Promise<void>;
}

export interface CameraPreview {
  /** Delivers MPEG-TS until the returned function is called. @throws NightglassError `PREVIEW_UNAVAILABLE` */
  watch(onChunk: (chunk: Uint8Array) => void, onEnd: (error?: unknown) => void): () => void;
}

/** A camera as the configuration wants it; equal keys mean nothing has changed. */
export interface WantedCamera {
  readonly id: string;
  readonly name: string;
  /** Changes when the camera must be reopened. Kept in memory only. */
  readonly key: string;
  /** What of it counts, and when. */
  readonly scene: CameraScene;
  /** Where analysis tells the decoder that nothing happens; without it every picture is decoded. */
  readonly quiet?: QuietScene | undefined;
  readonly open: () => OpenCamera;
}

export interface CameraSetOptions {
  readonly analyse: (
    frames$: Observable<Frame>,
    camera: Pick<WantedCamera, 'id' | 'scene' | 'quiet'>,
  ) => Observable<RaisedAlert>;
  readonly onStatus: (status: CameraStatus, before: CameraStatus | undefined) => void;
  readonly onRaised: (raised: RaisedAlert) => void;
  readonly onGone: (cameraId: string) => void;
  /** The analysis of a camera failed for a reason that is not the camera's; it starts again. */
  readonly onFault: (cameraId: string, error: unknown) => void;
  /** How long what is under way may take when a camera closes, milliseconds; default 1500. */
  readonly drain?: number;
}

interface Member {
  readonly wanted: WantedCamera;
  readonly camera: OpenCamera;
  readonly subscriptions: readonly Subscription[];
  status: CameraStatus | undefined;
}

export interface CameraChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** The cameras that run. Owns them; changes to the set touch only cameras that differ. */
export class CameraSet {
  readonly #members = new Map<string, Member>();
  readonly #options: CameraSetOptions;
  #applying: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: CameraSetOptions) {
    this.#options = options;
  }

  /**
   * Opens, reopens and closes cameras until they are those wanted. Calls follow one
   * another: two at once would open a camera twice and lose track of one of them.
   */
  apply(wanted: readonly WantedCamera[]): Promise<CameraChanges> {
    const applied = this.#applying.then(() => this.#apply(wanted));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  async #apply(wanted: readonly WantedCamera[]): Promise<CameraChanges> {
    this.#assertOpen();
    const ids = new Set(wanted.map(({ id }) => id));
    const removed = [...this.#members.keys()].filter((id) => !ids.has(id));
    const added = wanted.filter(({ id }) => !this.#members.has(id));
    const changed = wanted.filter((camera) => {
      const present = this.#members.get(camera.id);
      return present !== undefined && present.wanted.key !== camera.key;
    });
    await Promise.all([...removed, ...changed.map(({ id }) => id)].map((id) => this.#close(id)));
    for (const id of removed) this.#options.onGone(id);
    this.#assertOpen();
    for (const camera of [...added, ...changed]) this.#open(camera);
    const idsOf = (list: readonly WantedCamera[]) => list.map(({ id }) => id);
    return { added: idsOf(added), changed: idsOf(changed), removed };
  }

  /** Cameras in the order in which they were added. */
  list(): { readonly wanted: WantedCamera; readonly status: CameraStatus; preview: boolean }[] {
    return [...this.#members.values()].map(({ wanted, camera, status }) => ({
      wanted,
      status: status ?? { cameraId: wanted.id, state: 'connecting', since: 0, reconnects: 0 },
      preview: camera.preview !== null,
    }));
  }

  preview(cameraId: string): CameraPreview | null | undefined {
    return this.#members.get(cameraId)?.camera.preview;
  }

  /** Closes all cameras. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#members.keys()].map((id) => this.#close(id)));
    await this.#applying;
  }

  #assertOpen(): void {
    if (this.#closed) throw new TypeError('Cannot change the cameras: they are closed');
  }

  #open(wanted: WantedCamera): void {
    const camera = wanted.open();
    const { analyse, onFault, onRaised, onStatus } = this.#options;
    const member: Member = { wanted, camera, subscriptions: [], status: undefined };
    this.#members.set(wanted.id, member);
    const statusSubscription = camera.status$.subscribe((status) => {
      const before = member.status;
      member.status = status;
      onStatus(status, before);
    });
    const alerts = analyse(camera.frames$, wanted)
      .pipe(
        retry({
          delay: (error) => {
            onFault(wanted.id, error);
            return timer(1000);
          },
        }),
      )
      .subscribe(onRaised);
    this.#members.set(
      wanted.id,
      Object.assign(member, { subscriptions: [statusSubscription, alerts] }),
    );
  }

  async #close(id: string): Promise<void> {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#members.delete(id);
    const [status, alerts] = member.subscriptions;
    // Closing ends the frames; faces on their way to an alert by then still get there.
    await member.camera.close();
    if (alerts !== undefined) await ended(alerts, this.#options.drain ?? 1_500);
    alerts?.unsubscribe();
    status?.unsubscribe();
  }
}

/** Resolves when the subscription has ended, or after `limit` milliseconds. */
function ended(subscription: Subscription, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const timeout = setTimeout(resolve, limit);
    subscription.add(() => {
      clearTimeout(timeout);
      resolve();
    });
  });
}
