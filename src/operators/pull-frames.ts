import { Observable } from 'rxjs';
import type { Frame } from '../domain/frame/frame.ts';
import { RateLimit } from '../domain/rate-limit.ts';
import type { Backlog } from './backlog.ts';
import { FrameTimeline } from './frame-timeline.ts';

export interface PullFramesOptions {
  /** Frames let through and not yet disposed of, at most; default 2. */
  readonly inFlight?: number;
  /** Frames a second of media time let through at most; default: every frame. */
  readonly maxRate?: number;
  /** Also waits while these stages hold `maxBacklog` items or more. */
  readonly backlog?: Backlog;
  /** Default 16. */
  readonly maxBacklog?: number;
}

/**
 * Recorded footage in the place of `keepLatest`: takes the next frame only
 * when the stages behind have room, so the same operators run with
 * back-pressure and nothing is dropped but what `maxRate` thins out (`rate`).
 *
 * On unsubscribe the iterator is closed; a frame still under way is dropped
 * as `shutdown`. What the iterator throws is the stream's error.
 */
export function pullFrames(
  frames: AsyncIterable<Frame>,
  options: PullFramesOptions = {},
): Observable<Frame> {
  const { inFlight = 2, maxRate, backlog, maxBacklog = 16 } = options;
  if (!(inFlight >= 1)) throw new RangeError('Cannot pull frames: inFlight must be at least 1');
  if (maxRate !== undefined) new RateLimit(maxRate);
  return new Observable<Frame>((subscriber) => {
    const timeline = new FrameTimeline();
    const rate = maxRate === undefined ? undefined : new RateLimit(maxRate);
    const iterator = frames[Symbol.asyncIterator]();
    let alive = 0;
    let wake: (() => void) | undefined;
    let finished = false;

    subscriber.add(() => {
      wake?.();
      // The iterator may be in the middle of next(): its return() then queues behind that.
      // What goes wrong there has no subscriber left to report to.
      if (!finished) iterator.return?.().then(undefined, () => undefined);
    });

    const frameDisposed = (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve;
        if (alive < inFlight || subscriber.closed) resolve();
      });
    const backlogShort = (waiting: Backlog): Promise<void> =>
      new Promise((resolve) => {
        const cancel = waiting.whenBelow(maxBacklog, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });

    async function pull(): Promise<void> {
      while (!subscriber.closed) {
        if (alive >= inFlight) await frameDisposed();
        if (backlog && backlog.size >= maxBacklog) await backlogShort(backlog);
        if (subscriber.closed) return;
        const next = await iterator.next();
        if (next.done) {
          finished = true;
          subscriber.complete();
          return;
        }
        const frame = next.value;
        if (subscriber.closed) {
          frame.drop('shutdown');
          return;
        }
        if (rate && !rate.allows(timeline.advance(frame))) {
          frame.drop('rate');
          continue;
        }
        alive += 1;
        frame.onDisposed(() => {
          alive -= 1;
          wake?.();
        });
        subscriber.next(frame);
      }
    }

    pull().catch((error: unknown) => {
      finished = true;
      subscriber.error(error);
    });
  });
}
