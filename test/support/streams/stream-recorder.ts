import type { NightglassError } from '../../../src/domain/errors.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { VideoInfo, VideoSink } from '../../../src/streams/video-source.ts';

export interface SeenFrame {
  readonly sequence: number;
  readonly mediaTime: number;
  readonly capturedMonotonic: number;
  readonly width: number;
  readonly height: number;
}

/** A sink that notes what it gets, releases every frame, and lets tests wait for events. */
export class StreamRecorder implements VideoSink {
  readonly frames: SeenFrame[] = [];
  readonly videos: VideoInfo[] = [];
  readonly ends: NightglassError[] = [];
  pictures = 0;
  #watchers: (() => void)[] = [];
  readonly #keep: ((frame: Frame) => void) | undefined;

  /** @param keep takes over the first frame */
  constructor(keep?: (frame: Frame) => void) {
    this.#keep = keep;
  }

  onVideo(video: VideoInfo): void {
    this.videos.push(video);
    this.#notify();
  }

  onFrame(frame: Frame): void {
    const { sequence, mediaTime, capturedMonotonic, width, height } = frame;
    this.frames.push({ sequence, mediaTime, capturedMonotonic, width, height });
    if (this.#keep !== undefined && this.frames.length === 1) this.#keep(frame);
    else frame[Symbol.dispose]();
    this.#notify();
  }

  onPicture(): void {
    this.pictures += 1;
  }

  onEnd(why: NightglassError): void {
    this.ends.push(why);
    this.#notify();
  }

  /** Resolves once `condition` holds; rejects after a time that only a fault takes. */
  until(condition: () => boolean, what: string, limitMs = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Waited in vain for ${what}`)), limitMs);
      const check = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#watchers = this.#watchers.filter((one) => one !== check);
        resolve();
      };
      this.#watchers.push(check);
      check();
    });
  }

  untilFrames(count: number): Promise<void> {
    return this.until(() => this.frames.length >= count, `${count} frames`);
  }

  #notify(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
