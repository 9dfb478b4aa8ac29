// Over 300 lines: the states of one supervised stream and every way from one to the next.
import { Observable, ReplaySubject, type Subscriber } from 'rxjs';
import type { CameraState, CameraStatus } from '../domain/camera-status.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { type ErrorCode, isNightglassError, NightglassError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { type DebugLog, logKind } from '../domain/log.ts';
import { describeNotes } from '../domain/stream-notes.ts';
import { type RetryPolicy, retryDelay } from './backoff.ts';
import { FrameRate } from './frame-rate.ts';
import type { EncodedPicture } from './rtsp/encoded-picture.ts';
import { defaultLimits } from './rtsp/stream-limits.ts';
import { StreamNotes } from './rtsp/stream-notes.ts';
import { StreamReport } from './stream-report.ts';
import { StreamWatch } from './stream-watch.ts';
import type { ConnectVideo, VideoInfo, VideoSink, VideoSource } from './video-source.ts';

export interface SuperviseOptions {
  readonly cameraId: string;
  readonly clock?: Clock;
  /** 0..1; for the jitter. */
  readonly random?: () => number;
  readonly retry?: Partial<RetryPolicy>;
  /** Silence of packets after which a stream counts as stalled; default 10 s. */
  readonly silenceMs?: number;
  /** With packets but without a picture, at the start and later; default 30 s. */
  readonly firstPictureMs?: number;
  /** Bound for an attempt to connect, above its own time-outs; default 2.5 minutes. */
  readonly connectMs?: number;
  /** Each coded picture, for the preview. */
  readonly onPicture?: (picture: EncodedPicture) => void;
  /** Counts a lost stream or a failed attempt, by error code. */
  readonly onReconnect?: (reason: ErrorCode) => void;
  readonly log?: DebugLog;
}

export interface SupervisedStream {
  /** Frames of all sessions, owned by the one subscriber; disposed while there is none. Completes on close. */
  readonly frames$: Observable<Frame>;
  /** The latest status first. Completes after `stopped`. */
  readonly status$: Observable<CameraStatus>;
  readonly status: CameraStatus;
  /** Ends the stream and waits until its resources are free. Idempotent. */
  close(): Promise<void>;
}

/** A session of this length is a success: the next retry is quick again. */
const successMs = 5_000;
const rateInterval = 2_000;

/**
 * Keeps a camera's stream alive: connects at once, reconnects with growing,
 * jittered pauses, watches for silence. Starting is its purpose: it runs from
 * the call until `close()`, whoever subscribes.
 */
export function supervise(connect: ConnectVideo, options: SuperviseOptions): SupervisedStream {
  return new Supervisor(connect, options);
}

class Supervisor implements SupervisedStream {
  readonly frames$: Observable<Frame>;
  readonly status$: Observable<CameraStatus>;
  readonly #connect: ConnectVideo;
  readonly #options: SuperviseOptions;
  readonly #clock: Clock;
  readonly #statuses = new ReplaySubject<CameraStatus>(1);
  readonly #stop = new AbortController();
  readonly #rate = new FrameRate();
  readonly #running: Promise<void>;
  #consumer: Subscriber<Frame> | null = null;
  #status: CameraStatus;
  #reconnects = 0;

  constructor(connect: ConnectVideo, options: SuperviseOptions) {
    this.#connect = connect;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.status$ = this.#statuses.asObservable();
    this.frames$ = new Observable((subscriber) => this.#subscribe(subscriber));
    this.#status = {
      cameraId: options.cameraId,
      state: 'connecting',
      since: this.#clock.now(),
      reconnects: 0,
    };
    this.#statuses.next(this.#status);
    this.#running = this.#run();
  }

  get status(): CameraStatus {
    return this.#status;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #subscribe(subscriber: Subscriber<Frame>): () => void {
    if (this.#consumer !== null) {
      subscriber.error(new TypeError('Cannot subscribe to frames: they have one owner already'));
      return () => undefined;
    }
    if (this.#stop.signal.aborted) {
      subscriber.complete();
      return () => undefined;
    }
    this.#consumer = subscriber;
    return () => {
      if (this.#consumer === subscriber) this.#consumer = null;
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      const started = this.#clock.monotonic();
      const { why, liveMs } = await this.#session();
      if (signal.aborted) break;
      failures = liveMs >= successMs ? 1 : failures + 1;
      this.#reconnects += 1;
      this.#options.onReconnect?.(why.code);
      // What played a moment ago is supported: nonsense in mid-stream is a fault that passes.
      const isPassing = liveMs > 0 && why.code === 'STREAM_UNSUPPORTED';
      const { state, ms } = retryDelay(
        isPassing ? 'STREAM_ENDED' : why.code,
        failures,
        this.#options.retry,
        this.#options.random,
      );
      // Time spent on trying counts, so that attempts follow one another at an even pace.
      const spent = liveMs > 0 ? 0 : this.#clock.monotonic() - started;
      const wait = state === 'backoff' ? Math.max(ms - spent, Math.min(ms, 100)) : ms;
      const reason = { code: why.code, message: why.message };
      this.#change(state, { reason, retryAt: this.#clock.now() + wait });
      this.#options.log?.warn(
        { camera: this.#options.cameraId, code: why.code, retryInMs: wait },
        why.message,
      );
      await this.#pause(wait);
      if (!signal.aborted) this.#change('connecting', { reason });
    }
    this.#change('stopped', {});
    this.#statuses.complete();
    const consumer = this.#consumer;
    this.#consumer = null;
    consumer?.complete();
  }

  /** One connection from its attempt to its end, resources freed. */
  async #session(): Promise<{ why: NightglassError; liveMs: number }> {
    const attempt = new AbortController();
    const stop = AbortSignal.any([this.#stop.signal, attempt.signal]);
    const ended = Promise.withResolvers<NightglassError>();
    const cancels: (() => void)[] = [];
    const notes = new StreamNotes();
    const report = new StreamReport(notes, this.#clock);
    let over = false;
    let liveSince: number | null = null;
    let watch: StreamWatch | null = null;
    let source: VideoSource | null = null;
    let video: VideoInfo | null = null;
    const end = (why: NightglassError) => {
      over = true;
      ended.resolve(why);
    };
    const known = () => ({
      ...(video === null ? {} : { video }),
      ...(report.stream === null ? {} : { stream: report.stream }),
    });
    const sink: VideoSink = {
      notes,
      onVideo: (seen) => {
        if (over) return;
        video = seen;
        if (liveSince !== null) this.#change('live', known());
      },
      onPicture: (picture) => over || this.#options.onPicture?.(picture),
      onLife: () => watch?.life(),
      onResting: () => this.#rate.count(),
      onWay: (way) => report.comes(way),
      onFrame: (frame) => {
        if (over) return frame[Symbol.dispose]();
        watch?.frame();
        this.#rate.count();
        if (liveSince === null) {
          liveSince = this.#clock.monotonic();
          this.#rate.restart(liveSince);
          this.#change('live', known());
          this.#logLive(video);
        }
        this.#handOver(frame);
      },
      onEnd: (why) => {
        if (!over) end(why);
      },
    };
    const onStop = () => end(this.#error('STREAM_ENDED', 'closed by us'));
    this.#stop.signal.addEventListener('abort', onStop);
    cancels.push(() => this.#stop.signal.removeEventListener('abort', onStop));
    if (this.#stop.signal.aborted) onStop();

    const { connectMs = 150_000 } = this.#options;
    const giveUp = this.#clock.after(connectMs, () => {
      end(this.#error('STREAM_UNREACHABLE', `no connection within ${connectMs / 1000} s`));
    });
    const opening = this.#connect(sink, stop).then(
      (opened) => {
        source = opened;
        if (over) return;
        watch = this.#watch(notes, end);
        cancels.push(() => watch?.stop(), this.#report(report));
      },
      (error: unknown) => end(this.#coded(error)),
    );
    void opening.finally(giveUp);

    const why = await ended.promise;
    over = true;
    giveUp();
    for (const cancel of cancels) cancel();
    if (why.code === 'STREAM_STALLED' && !this.#stop.signal.aborted) {
      this.#change('stalled', { reason: { code: why.code, message: why.message } });
    }
    attempt.abort();
    await opening;
    await (source as VideoSource | null)?.close();
    return { why, liveMs: liveSince === null ? 0 : this.#clock.monotonic() - liveSince };
  }

  #logLive(video: VideoInfo | null): void {
    const { cameraId: camera, log } = this.#options;
    log?.info({ camera, video, [logKind]: `${camera} plays` }, 'camera is live');
  }

  #handOver(frame: Frame): void {
    if (this.#consumer === null) frame[Symbol.dispose]();
    else this.#consumer.next(frame);
  }

  #watch(notes: StreamNotes, onDead: (why: NightglassError) => void): StreamWatch {
    const {
      cameraId,
      silenceMs = defaultLimits.silenceMs,
      firstPictureMs: pictureMs = defaultLimits.firstPictureMs,
    } = this.#options;
    return new StreamWatch({ cameraId, clock: this.#clock, notes, silenceMs, pictureMs, onDead });
  }

  /** Publishes what comes, regularly, where it has changed. */
  #report(report: StreamReport): () => void {
    let cancel: () => void = () => undefined;
    const arm = () => {
      cancel = this.#clock.after(rateInterval, () => {
        const live = this.#status.state === 'live';
        const framesPerSecond = live ? this.#rate.take(this.#clock.monotonic()) : undefined;
        const changed = report.update() || framesPerSecond !== this.#status.framesPerSecond;
        if (changed) {
          this.#publish({
            ...this.#status,
            ...(live ? {} : this.#waiting(report)),
            ...(framesPerSecond === undefined ? {} : { framesPerSecond }),
            ...(report.stream === null ? {} : { stream: report.stream }),
          });
        }
        arm();
      });
    };
    report.restart();
    arm();
    return () => cancel();
  }

  /** Why there is no picture though packets arrive; a stream that was lost keeps its reason until then. */
  #waiting({ stream }: StreamReport): Partial<CameraStatus> {
    if (stream === null || stream.packetsPerSecond === 0) return {};
    const odd = describeNotes(stream.notes);
    const packets = `${stream.packetsPerSecond} packets a second`;
    const message = `No picture of camera ${this.#options.cameraId} yet out of ${packets}${odd === '' ? '' : ` (${odd})`}`;
    return { reason: { code: 'STREAM_STALLED', message } };
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#clock.after(ms, done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }

  #change(state: CameraState, extra: Partial<CameraStatus>): void {
    const since = state === this.#status.state ? this.#status.since : this.#clock.now();
    const { cameraId } = this.#options;
    this.#publish({ cameraId, state, since, reconnects: this.#reconnects, ...extra });
  }

  #publish(status: CameraStatus): void {
    this.#status = status;
    this.#statuses.next(status);
  }

  #error(code: ErrorCode, why: string): NightglassError {
    return new NightglassError(code, `Cannot go on with camera ${this.#options.cameraId}: ${why}`);
  }

  /** A fault of ours while connecting is logged in full and then treated as an unreachable camera. */
  #coded(error: unknown): NightglassError {
    if (isNightglassError(error)) return error;
    this.#options.log?.error(
      { camera: this.#options.cameraId, err: error },
      'connecting failed unexpectedly',
    );
    return this.#error('STREAM_UNREACHABLE', 'an unexpected failure, see the log');
  }
}
