import { isDeepStrictEqual } from 'node:util';
import { type Observable, ReplaySubject, retry, Subscription, takeUntil, timer } from 'rxjs';
import type { CameraScene } from '../domain/camera-scene.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import type { CodedVideoSink } from '../domain/coded-video.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { QuietScene } from '../domain/quiet-scene.ts';
import type { RaisedAlert } from '../domain/raised-alert.ts';
import type { Schedule } from '../domain/schedule.ts';

/** What the set needs of an open camera. */
export interface OpenCamera {
  readonly frames$: Observable<Frame>;
  readonly status$: Observable<CameraStatus>;
  /** Null when preview is switched off. */
  readonly preview: CameraPreview | null;
  /** Other times of analysis, at once; null: always. */
  reschedule(schedule: Schedule | null): void;
  close(): Promise<void>;
}

export interface CameraPreview {
  /** Delivers MPEG-TS until the returned function is called. @throws NightglassError `PREVIEW_UNAVAILABLE` */
  watch(onChunk: (chunk: Uint8Array) => void, onEnd: (error?: unknown) => void): () => void;
  /** Delivers the video as it is coded. @throws NightglassError `PREVIEW_UNAVAILABLE`, `VIDEO_NOT_PASSED_ON` */
  watchCoded(sink: CodedVideoSink): () => void;
}

/** A camera as the configuration wants it. */
export interface WantedCamera {
  readonly id: string;
  readonly name: string;
  /** Changes when the camera must be reopened. Kept in memory only. */
  readonly key: string;
  /** What of it counts, and when. Changes without a new key reach the camera as it runs. */
  readonly scene: CameraScene;
  /** Of the models, the denoiser that serves it in place of the usual one. */
  readonly denoiser?: string | null;
  /** @param quiet where analysis tells the decoder that nothing happens */
  readonly open: (quiet: QuietScene) => OpenCamera;
}

export interface CameraSetOptions {
  readonly analyse: (
    frames$: Observable<Frame>,
    camera: Pick<WantedCamera, 'id' | 'scene' | 'denoiser'> & {
      /** Told whether anything happens; footage that is decoded as a whole needs none. */
      readonly quiet?: QuietScene;
    },
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
  wanted: WantedCamera;
  readonly camera: OpenCamera;
  readonly quiet: QuietScene;
  readonly statuses: Subscription;
  analysis: RunningAnalysis;
  /** Analyses that were replaced and have faces on their way. */
  readonly ending: Set<Promise<void>>;
  status: CameraStatus | undefined;
}

interface RunningAnalysis {
  /** Ends its frames; faces on their way to an alert by then still get there. */
  readonly stop: () => void;
  readonly alerts: Subscription;
}

export interface CameraChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The cameras that run. Owns them; changes to the set touch only cameras that differ, and reopen
 * only those whose connection or picture differs.
 */
export class CameraSet {
  readonly #members = new Map<string, Member>();
  readonly #options: CameraSetOptions;
  #applying: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: CameraSetOptions) {
    this.#options = options;
  }

  /**
   * Opens, reopens, adjusts and closes cameras until they are those wanted. Calls follow one
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
    const reopened = wanted.filter((camera) => {
      const present = this.#members.get(camera.id);
      return present !== undefined && present.wanted.key !== camera.key;
    });
    await Promise.all([...removed, ...reopened.map(({ id }) => id)].map((id) => this.#close(id)));
    for (const id of removed) this.#options.onGone(id);
    this.#assertOpen();
    const adjusted = wanted.filter((camera) => this.#adjust(camera));
    for (const camera of [...added, ...reopened]) this.#open(camera);
    const idsOf = (list: readonly WantedCamera[]) => list.map(({ id }) => id);
    return { added: idsOf(added), changed: idsOf([...reopened, ...adjusted]), removed };
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
    const quiet = new QuietScene(restOf(wanted.scene));
    const camera = wanted.open(quiet);
    const member: Member = {
      ...{ wanted, camera, quiet, statuses: new Subscription() },
      analysis: this.#analyse(wanted, camera, quiet),
      ending: new Set(),
      status: undefined,
    };
    this.#members.set(wanted.id, member);
    member.statuses.add(
      camera.status$.subscribe((status) => {
        const before = member.status;
        member.status = status;
        this.#options.onStatus(status, before);
      }),
    );
  }

  /** Brings a running camera to what is wanted of it. @returns whether anything differed */
  #adjust(wanted: WantedCamera): boolean {
    const member = this.#members.get(wanted.id);
    if (member === undefined) return false;
    const before = member.wanted;
    member.wanted = wanted;
    const { schedule, ...looks } = wanted.scene;
    const { schedule: oldSchedule, ...oldLooks } = before.scene;
    const sameTimes = isDeepStrictEqual(schedule, oldSchedule);
    const sameLooks =
      isDeepStrictEqual(looks, oldLooks) && (wanted.denoiser ?? null) === (before.denoiser ?? null);
    if (!sameTimes) member.camera.reschedule(schedule);
    if (!sameLooks) this.#analyseAgain(member);
    return !sameTimes || !sameLooks || before.name !== wanted.name;
  }

  /** Frames from now on are analysed by the new settings; what came before ends by the old ones. */
  #analyseAgain(member: Member): void {
    const { analysis, camera, ending, quiet, wanted } = member;
    analysis.stop();
    const end = this.#drained(analysis).finally(() => ending.delete(end));
    ending.add(end);
    quiet.begin(restOf(wanted.scene));
    member.analysis = this.#analyse(wanted, camera, quiet);
  }

  #analyse(wanted: WantedCamera, camera: OpenCamera, quiet: QuietScene): RunningAnalysis {
    const { analyse, onFault, onRaised } = this.#options;
    const { id, scene, denoiser = null } = wanted;
    // Replayed: an analysis that waits to start again must not take the frames from its successor.
    const stopped = new ReplaySubject<void>(1);
    const alerts = analyse(camera.frames$.pipe(takeUntil(stopped)), { id, scene, denoiser, quiet })
      .pipe(
        retry({
          delay: (error) => {
            onFault(id, error);
            return timer(1000);
          },
        }),
      )
      .subscribe(onRaised);
    return { stop: () => stopped.next(), alerts };
  }

  async #close(id: string): Promise<void> {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#members.delete(id);
    // Closing ends the frames; faces on their way to an alert by then still get there.
    await member.camera.close();
    await Promise.all([this.#drained(member.analysis), ...member.ending]);
    member.statuses.unsubscribe();
  }

  /** Waits for what is under way, and ends what takes longer than it may. */
  async #drained({ alerts }: RunningAnalysis): Promise<void> {
    await ended(alerts, this.#options.drain ?? 1_500);
    alerts.unsubscribe();
  }
}

/** How often a camera looks while nothing happens; null where all its pictures are decoded. */
function restOf({ motion }: CameraScene): number | null {
  return motion.enabled && motion.rest ? motion.lookEvery : null;
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
