import type { Clock } from '../../domain/clock.ts';
import type { CodedVideoSink } from '../../domain/coded-video.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { DebugLog } from '../../domain/log.ts';
import type { PictureView } from '../shape/picture-view.ts';
import { CodedViewer } from './coded-viewer.ts';
import { Mpeg1Encoder } from './mpeg1-encoder.ts';
import type { PreviewFeed, PreviewVideo } from './preview-feed.ts';
import { type PreviewProgram, preparePreviewProgram } from './preview-program.ts';
import { TransportStreamTail } from './transport-stream-tail.ts';

export interface PreviewOptions {
  readonly cameraId: string;
  readonly feed: PreviewFeed;
  readonly ffmpegPath?: string;
  /** Whether viewers may have the video as the camera sends it. */
  readonly passThrough: boolean;
  /** As the picture is shown to the analysis. */
  readonly view: PictureView;
  readonly clock: Clock;
  readonly log?: DebugLog;
  /** How long the encoder outlives its last watcher; default 2 s. */
  readonly lingerMs?: number;
}

export interface Preview {
  /**
   * Delivers MPEG-1 video in MPEG-TS, whole packets, from a key picture on.
   * @param onEnd called once when the preview cannot go on or is closed
   * @returns stops watching; idempotent
   * @throws NightglassError `PREVIEW_UNAVAILABLE`
   */
  watch(onChunk: (chunk: Buffer) => void, onEnd?: (error?: unknown) => void): () => void;
  /**
   * Delivers the video as the camera sends it. Refused, at once or later, where what is shown would
   * be another picture than the analysis sees, above all where masks hide a part of it.
   * @returns stops watching; idempotent
   * @throws NightglassError `PREVIEW_UNAVAILABLE`, `VIDEO_NOT_PASSED_ON`
   */
  watchCoded(sink: CodedVideoSink): () => void;
  /** Size of the camera's picture, once known. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly watchers: number;
  close(): Promise<void>;
}

/** Failures of the encoder in a row after which the preview gives up. */
const maxFailures = 3;
const restartPause = 1_000;

interface Watcher {
  readonly onChunk: (chunk: Buffer) => void;
  readonly onEnd: (error?: unknown) => void;
}

/** A camera's live picture for JSMpeg players; costs nothing while nobody watches. */
export function createPreview(options: PreviewOptions): Preview {
  return new SharedPreview(options);
}

class SharedPreview implements Preview {
  readonly #options: PreviewOptions;
  readonly #watchers = new Set<Watcher>();
  /** Of the camera's own video, with what ends each. */
  readonly #coded = new Map<CodedVideoSink, (error?: unknown) => void>();
  #encoder: Mpeg1Encoder | null = null;
  #tail = new TransportStreamTail();
  #video: PreviewVideo | null = null;
  #detach: (() => void) | null = null;
  #cancelTimer: () => void = () => undefined;
  #program: PreviewProgram | null = null;
  #failures = 0;
  #closed = false;
  readonly #endings = new Set<Promise<void>>();

  constructor(options: PreviewOptions) {
    this.#options = options;
  }

  get size(): PreviewVideo | null {
    return this.#video;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  watch(
    onChunk: (chunk: Buffer) => void,
    onEnd: (error?: unknown) => void = () => undefined,
  ): () => void {
    if (this.#closed) throw this.#unavailable('the camera is closed');
    this.#program ??= preparePreviewProgram(this.#options.view, this.#options.ffmpegPath);
    const watcher = { onChunk, onEnd };
    const known = this.#tail.since();
    this.#watchers.add(watcher);
    this.#cancelTimer();
    if (this.#detach === null) this.#start();
    else if (known.length > 0) onChunk(known);
    return () => {
      if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
      this.#cancelTimer();
      this.#cancelTimer = this.#options.clock.after(this.#options.lingerMs ?? 2_000, () =>
        this.#stop(),
      );
    };
  }

  watchCoded(sink: CodedVideoSink): () => void {
    const { feed, view, passThrough, cameraId } = this.#options;
    if (this.#closed) throw this.#unavailable('the camera is closed');
    // What is coded shows what the masks hide.
    if (view.masks.length > 0) throw notPassedOn(cameraId, 'masks hide a part of its picture');
    if (!passThrough) throw notPassedOn(cameraId, 'preview.passThrough is off');
    let detach = (): void => undefined;
    const stop = (): void => {
      this.#coded.delete(sink);
      detach();
    };
    const end = (error?: unknown): void => {
      if (!this.#coded.has(sink)) return;
      stop();
      sink.end(error);
    };
    this.#coded.set(sink, end);
    const onRefused = (why: string) => end(notPassedOn(cameraId, why));
    const attached = feed.attach(new CodedViewer({ view, sink, onRefused }));
    detach = attached;
    // Refused by what is known of the video already.
    if (!this.#coded.has(sink)) attached();
    return stop;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#finish();
    for (const end of [...this.#coded.values()]) end();
    await Promise.all(this.#endings);
    this.#program?.[Symbol.dispose]();
    this.#program = null;
  }

  #start(): void {
    this.#failures = 0;
    this.#detach = () => undefined;
    this.#detach = this.#options.feed.attach({
      video: (video) => this.#onVideo(video),
      picture: (picture) => this.#encoder?.push(picture),
    });
  }

  #stop(): void {
    this.#cancelTimer();
    this.#detach?.();
    this.#detach = null;
    this.#endEncoder();
  }

  #onVideo(video: PreviewVideo): boolean {
    const before = this.#video;
    this.#video = video;
    const same =
      before?.codec === video.codec &&
      before.width === video.width &&
      before.height === video.height;
    if (same && this.#encoder !== null) return false;
    this.#endEncoder();
    this.#startEncoder();
    return true;
  }

  #startEncoder(): void {
    if (this.#closed || this.#video === null || this.#program === null) return;
    let encoder: Mpeg1Encoder;
    try {
      encoder = new Mpeg1Encoder({
        programPath: this.#program.path,
        video: this.#video,
        view: this.#options.view,
        clock: this.#options.clock,
        onChunk: (chunk) => {
          if (this.#encoder === encoder) this.#deliver(chunk);
        },
        onExit: (words) => {
          if (this.#encoder === encoder) this.#onExit(words);
        },
      });
    } catch (error) {
      // No process, or no file descriptors left: as if it had ended at once.
      this.#onExit(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#encoder = encoder;
  }

  #endEncoder(): void {
    this.#tail = new TransportStreamTail();
    const encoder = this.#encoder;
    this.#encoder = null;
    if (encoder === null) return;
    const ending = encoder.close().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  #deliver(chunk: Buffer): void {
    const packets = this.#tail.push(chunk);
    if (packets === null) return;
    this.#failures = 0;
    for (const watcher of this.#watchers) watcher.onChunk(packets);
  }

  #onExit(words: string): void {
    this.#failures += 1;
    this.#encoder = null;
    const { cameraId, log, clock } = this.#options;
    log?.warn({ camera: cameraId, words: words.trim() }, 'the preview encoder ended unexpectedly');
    if (this.#failures >= maxFailures) {
      const hint =
        'The log says why. Where temporary folders let no program run (noexec), set TMPDIR to one that does.';
      this.#finish(this.#unavailable('its encoder fails', hint));
      return;
    }
    this.#cancelTimer();
    this.#cancelTimer = clock.after(restartPause, () => {
      if (this.#watchers.size === 0) this.#stop();
      else this.#startEncoder();
    });
  }

  #finish(error?: NightglassError): void {
    this.#stop();
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher.onEnd(error);
  }

  #unavailable(why: string, hint?: string): NightglassError {
    return new NightglassError(
      'PREVIEW_UNAVAILABLE',
      `Cannot watch ${this.#options.cameraId}: ${why}`,
      hint === undefined ? {} : { hint },
    );
  }
}

function notPassedOn(cameraId: string, why: string): NightglassError {
  const message = `Cannot pass on the video of ${cameraId} as it is coded: ${why}`;
  const hint = 'The preview in MPEG-1 is there all the same: /preview/CAMERA.';
  return new NightglassError('VIDEO_NOT_PASSED_ON', message, { hint });
}
