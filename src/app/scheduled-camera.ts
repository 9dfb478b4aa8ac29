import { Observable, ReplaySubject, type Subscriber, Subscription } from 'rxjs';
import type { CameraStatus } from '../domain/camera-status.ts';
import type { Clock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { isOn, type Schedule } from '../domain/schedule.ts';
import type { CameraPreview, OpenCamera } from './camera-set.ts';

export interface ScheduledCameraOptions {
  readonly id: string;
  /** Null: analysed always. */
  readonly schedule: Schedule | null;
  readonly clock: Clock;
  readonly hasPreview: boolean;
  readonly open: () => Omit<OpenCamera, 'reschedule'>;
}

const minute = 60_000;

/**
 * A camera that is analysed always or at some times only, which may change while it runs. At others it is disconnected, or stays connected
 * for the preview while its frames are dropped (`schedule`); its state is `scheduled_off`.
 */
export function scheduledCamera(options: ScheduledCameraOptions): OpenCamera {
  return new ScheduledCamera(options);
}

class ScheduledCamera implements OpenCamera {
  readonly frames$: Observable<Frame>;
  readonly status$: Observable<CameraStatus>;
  readonly preview: CameraPreview | null;
  readonly #options: ScheduledCameraOptions;
  readonly #statuses = new ReplaySubject<CameraStatus>(1);
  #schedule: Schedule | null;
  #inner: {
    readonly camera: ReturnType<ScheduledCameraOptions['open']>;
    readonly subscription: Subscription;
  } | null = null;
  #consumer: Subscriber<Frame> | null = null;
  /** Of the camera within, before it is said to be off. */
  #status: CameraStatus | null = null;
  #isOn: boolean;
  #since: number;
  #reconnects = 0;
  #cancel: () => void = () => undefined;
  /** What closes: a camera is not opened again before it is closed. */
  #closing: Promise<void> | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: ScheduledCameraOptions) {
    this.#options = options;
    const { clock, hasPreview, schedule } = options;
    this.status$ = this.#statuses.asObservable();
    this.frames$ = new Observable((subscriber) => this.#subscribe(subscriber));
    this.preview = hasPreview
      ? {
          watch: (...given) => this.#open().watch(...given),
          watchCoded: (sink) => this.#open().watchCoded(sink),
        }
      : null;
    this.#schedule = schedule;
    this.#since = clock.now();
    this.#isOn = schedule === null || isOn(schedule, this.#since);
    this.#follow();
    this.#arm();
  }

  reschedule(schedule: Schedule | null): void {
    if (this.#closed !== null) return;
    this.#schedule = schedule;
    this.#cancel();
    this.#look();
    // Whether it stays connected while it is off may differ too.
    this.#follow();
    this.#arm();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#cancel();
    this.#closeInner();
    await this.#closing;
    this.#statuses.complete();
    this.#consumer?.complete();
    this.#consumer = null;
  }

  #subscribe(subscriber: Subscriber<Frame>): () => void {
    if (this.#closed !== null) subscriber.complete();
    else this.#consumer = subscriber;
    return () => {
      if (this.#consumer === subscriber) this.#consumer = null;
    };
  }

  /** The clock may jump, and time zones change their rules: each minute is looked at by itself. */
  #arm(): void {
    if (this.#schedule === null) return;
    const { clock } = this.#options;
    const now = clock.now();
    this.#cancel = clock.after(minute - (((now % minute) + minute) % minute), () => {
      if (this.#look()) this.#follow();
      this.#arm();
    });
  }

  /** @returns whether it is on where it was off, or the other way round */
  #look(): boolean {
    const now = this.#options.clock.now();
    const on = this.#schedule === null || isOn(this.#schedule, now);
    if (on === this.#isOn) return false;
    this.#isOn = on;
    this.#since = now;
    return true;
  }

  #staysOpen(): boolean {
    return this.#isOn || this.#schedule?.connected === true;
  }

  /** Brings the camera within to what the schedule says. */
  #follow(): void {
    if (this.#staysOpen()) this.#openInner();
    else this.#closeInner();
    this.#publish();
  }

  #openInner(): void {
    if (this.#closing !== null) return;
    if (this.#inner !== null || this.#closed !== null || !this.#staysOpen()) return;
    const camera = this.#options.open();
    const subscription = new Subscription();
    this.#inner = { camera, subscription };
    subscription.add(
      camera.status$.subscribe((status) => {
        this.#status = status;
        this.#publish();
      }),
    );
    subscription.add(camera.frames$.subscribe((frame) => this.#pass(frame)));
  }

  #closeInner(): void {
    const inner = this.#inner;
    if (inner === null) return;
    this.#inner = null;
    this.#status = null;
    this.#closing = inner.camera.close().finally(() => {
      inner.subscription.unsubscribe();
      this.#closing = null;
      this.#openInner();
    });
  }

  #pass(frame: Frame): void {
    if (!this.#isOn) frame.drop('schedule');
    else if (this.#consumer === null) frame[Symbol.dispose]();
    else this.#consumer.next(frame);
  }

  #publish(): void {
    if (this.#closed !== null) return;
    const { id } = this.#options;
    this.#reconnects = this.#status?.reconnects ?? this.#reconnects;
    const known = this.#status ?? {
      cameraId: id,
      state: 'connecting',
      since: this.#since,
      reconnects: this.#reconnects,
    };
    if (this.#isOn) {
      this.#statuses.next(known);
      return;
    }
    // Why a camera that nobody needs now does not answer is no news.
    const { reason: _, retryAt: __, ...rest } = known;
    this.#statuses.next({ ...rest, state: 'scheduled_off', since: this.#since });
  }

  /** @throws NightglassError `PREVIEW_UNAVAILABLE` */
  #open(): CameraPreview {
    const preview = this.#inner?.camera.preview;
    if (preview != null) return preview;
    throw new NightglassError(
      'PREVIEW_UNAVAILABLE',
      `Cannot watch ${this.#options.id}: it is switched off at this time`,
      { hint: 'See the schedule of the camera; with "otherwise: connected" it stays watchable.' },
    );
  }
}
