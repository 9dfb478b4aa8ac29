import { type Clock, systemClock } from '../../domain/clock.ts';
import { Frame } from '../../domain/frame/frame.ts';
import type { FrameLedger } from '../../domain/frame/ledger.ts';
import type { Picture } from '../../domain/frame/picture.ts';

export interface FootageOptions {
  readonly cameraId: string;
  readonly ledger: FrameLedger;
  /** `realtime` gives frames at the pace of their media time, `asap` (default) as they are asked for. */
  readonly pace?: 'realtime' | 'asap';
  /** Wall time of media time 0, milliseconds since the Unix epoch; default: when reading starts. */
  readonly startAt?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** A decoded picture of recorded footage; its receiver owns `picture`. */
export interface FootagePicture {
  readonly picture: Picture;
  /** Milliseconds from the start. */
  readonly mediaTime: number;
}

/**
 * Numbers, stamps and paces recorded pictures. A frame is decoded only when it
 * is asked for, so nothing is ever dropped; the consumer owns each frame.
 */
export async function* footageFrames(
  pictures: AsyncIterable<FootagePicture>,
  options: FootageOptions,
): AsyncGenerator<Frame, void, undefined> {
  const { cameraId, ledger, clock = systemClock, pace = 'asap', signal } = options;
  const startAt = options.startAt ?? clock.now();
  const started = clock.monotonic();
  let sequence = 0;
  for await (const { picture, mediaTime } of pictures) {
    if (pace === 'realtime') await sleepUntil(started + mediaTime, clock, signal);
    if (signal?.aborted) {
      picture.dispose();
      return;
    }
    const frame = Frame.create({
      cameraId,
      sequence,
      mediaTime,
      // Whole milliseconds, as a camera's frames have them.
      capturedAt: Math.round(startAt + mediaTime),
      capturedMonotonic: clock.monotonic(),
      picture,
      ledger,
    });
    sequence += 1;
    yield frame;
  }
}

function sleepUntil(time: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  const wait = time - clock.monotonic();
  if (wait <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    // The clock's timers let the process end; whoever waits for a frame wants it to go on.
    const hold = setInterval(() => undefined, 60_000);
    const done = () => {
      clearInterval(hold);
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(wait, done);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}
