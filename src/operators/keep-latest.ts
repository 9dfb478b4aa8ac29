import type { MonoTypeOperatorFunction } from 'rxjs';
import { Observable } from 'rxjs';
import type { Clock } from '../domain/clock.ts';
import type { Frame } from '../domain/frame/frame.ts';
import { RateLimit } from '../domain/rate-limit.ts';
import { FrameTimeline } from './frame-timeline.ts';
import { subscribeToSource } from './subscribe-to-source.ts';

export interface KeepLatestOptions {
  readonly clock: Clock;
  /** Frames let through and not yet disposed of, at most; default 2 (one in detection, one behind it). */
  readonly inFlight?: number;
  /** Frames a second let through at most, thinned evenly by media time; default: no limit. */
  readonly maxRate?: number;
  /** A frame older than this when its turn comes is dropped, milliseconds; default: no limit. */
  readonly maxAge?: number;
}

/**
 * Flow control of one live camera, which never waits: holds at most one frame,
 * the newest, and lets it through when the stages behind have room.
 *
 * RxJS has no demand signal, ownership is one: a frame is disposed of by the
 * last stage that needs it, so "fewer than `inFlight` of the frames let through
 * are still alive" means "there is room". No stage behind needs to know of
 * this one, and none can be flooded.
 *
 * Drops: `rate` (over `maxRate`), `busy` (replaced by a newer one), `stale`
 * (over `maxAge`), `shutdown` (held at tear-down or when the source failed).
 * When the source completes, the frame held is still let through.
 */
export function keepLatest(options: KeepLatestOptions): MonoTypeOperatorFunction<Frame> {
  const { clock, inFlight = 2, maxRate, maxAge = Number.POSITIVE_INFINITY } = options;
  if (!(inFlight >= 1)) throw new RangeError('Cannot keep the latest: inFlight must be at least 1');
  if (maxRate !== undefined) new RateLimit(maxRate);
  return (source) =>
    new Observable<Frame>((subscriber) => {
      const timeline = new FrameTimeline();
      const rate = maxRate === undefined ? undefined : new RateLimit(maxRate);
      let held: Frame | undefined;
      let alive = 0;
      let sourceCompleted = false;
      let draining = false;

      subscriber.add(() => {
        held?.drop('shutdown');
        held = undefined;
      });

      function drain(): void {
        // A frame disposed of while it is let through frees its place for the loop below.
        if (draining || subscriber.closed) return;
        draining = true;
        try {
          while (held && alive < inFlight && !subscriber.closed) letThrough(held);
        } catch (error) {
          subscriber.error(error);
        }
        draining = false;
        if (sourceCompleted && !held) subscriber.complete();
      }

      function letThrough(frame: Frame): void {
        const isStale = clock.monotonic() - frame.capturedMonotonic > maxAge;
        held = undefined;
        if (isStale) {
          frame.drop('stale');
          return;
        }
        alive += 1;
        frame.onDisposed(() => {
          alive -= 1;
          drain();
        });
        subscriber.next(frame);
      }

      subscribeToSource(source, subscriber, {
        next(frame) {
          if (rate && !rate.allows(timeline.advance(frame))) {
            frame.drop('rate');
            return;
          }
          held?.drop('busy');
          held = frame;
          drain();
        },
        complete() {
          sourceCompleted = true;
          drain();
        },
      });
    });
}
