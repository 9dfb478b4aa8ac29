import type { AnalysisListener, StageObservers } from '../../../src/app/analysis-contract.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { TrackSplit } from '../../../src/domain/track.ts';
import type { FakeClock } from '../fake-clock.ts';

/** Keyframes under way at most: recorded footage waits, so that none is left out. */
const atOnce = 8;

export interface FootageObservers {
  readonly left?: StageObservers;
  readonly rejected?: (reason: string) => void;
  readonly split?: (split: TrackSplit) => void;
}

/** Holds footage back while many keyframes are under way, and fails where one is lost. */
export class KeyframeFlow {
  #underWay = 0;
  #wake: (() => void) | undefined;

  /** The frames, as there is room for them; the clock moves with their media time. */
  async *slowed(frames: AsyncIterable<Frame>, clock: FakeClock): AsyncGenerator<Frame> {
    let time = 0;
    for await (const frame of frames) {
      while (this.#underWay >= atOnce) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      // Whole milliseconds, as a machine's clock has them.
      const due = Math.max(time, Math.round(frame.mediaTime));
      clock.advance(due - time);
      time = due;
      yield frame;
    }
  }

  /** What the analysis reports to. */
  listener({ left = {}, rejected, split }: FootageObservers): AnalysisListener {
    return {
      stages: { age: () => undefined, duration: () => undefined },
      follower: null,
      left: {
        ...left,
        keyframe: (event, cameraId) => {
          if (event.kind === 'keyframe') this.#underWay += 1;
          left.keyframe?.(event, cameraId);
        },
        fuse: (event, cameraId) => {
          if (event.kind === 'keyframe') this.#done();
          left.fuse?.(event, cameraId);
        },
      },
      rejected: (_, reason) => {
        if (reason === 'busy') throw new Error('A keyframe or a match was left out');
        if (reason === 'not_a_face') this.#done();
        rejected?.(reason);
      },
      split: (each) => split?.(each),
      parts: () => undefined,
      tracks: () => undefined,
      failed(_, stage, error) {
        throw new Error(`The stage ${stage} failed`, { cause: error });
      },
    };
  }

  #done(): void {
    this.#underWay -= 1;
    this.#wake?.();
  }
}
