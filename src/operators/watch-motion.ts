import type { OperatorFunction } from 'rxjs';
import { defer, of } from 'rxjs';
import type { Frame } from '../domain/frame/frame.ts';
import type { Box } from '../domain/geometry/box.ts';
import type { LumaImage } from '../domain/image/image.ts';
import type { MotionSettings, WatchedFrame } from '../domain/motion.ts';
import type { QuietScene } from '../domain/quiet-scene.ts';
import { FrameTimeline } from './frame-timeline.ts';
import { mapOrdered } from './map-ordered.ts';
import { MotionWatch, watchSize } from './motion/motion-watch.ts';
import type { RecentFaces } from './recent-faces.ts';

export interface WatchMotionOptions {
  readonly settings: Omit<MotionSettings, 'rest'>;
  readonly recent: RecentFaces;
  /** Is told of each picture whether something stirs in it. */
  readonly quiet?: QuietScene | undefined;
  /** Whether motion counts at a place, in shares of the picture; null or absent: everywhere. */
  readonly isWatched?: ((x: number, y: number) => boolean) | null;
  /** Frames held at most; further ones are dropped as `busy`. Default 4. */
  readonly capacity?: number;
  /**
   * Told of every picture that could not be compared; it is looked at. Without it a failure is
   * the stream's error.
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Decides which frames are worth a look for faces: those in which something moves, all while a
 * track may live, and one each `lookEvery` anyway. The others pass unseen (`still`).
 *
 * Drops: `busy` (comparing fell behind), `failed` (a callback threw), `shutdown`.
 */
export function watchMotion(options: WatchMotionOptions): OperatorFunction<Frame, WatchedFrame> {
  const { settings, recent, quiet, isWatched = null, capacity = 4, onError } = options;
  return (source) =>
    defer(() => {
      const watch = new MotionWatch(settings, isWatched);
      const timeline = new FrameTimeline();
      const seen = (frame: Frame, image: LumaImage | null): WatchedFrame => {
        const time = timeline.advance(frame);
        if (image === null) {
          quiet?.seen(frame.capturedMonotonic, true);
          return { frame, time, look: 'always', moving: [], brightness: null };
        }
        const { look, moving } = watch.update(image, time, recent.hold(time));
        quiet?.seen(frame.capturedMonotonic, look === 'motion' || look === 'face');
        return {
          ...{ frame, time, look, brightness: meanOf(image) },
          moving: moving.map((box) => pixelsOf(box, frame)),
        };
      };
      return source.pipe(
        mapOrdered<Frame, LumaImage | null, WatchedFrame>({ concurrency: 1, capacity }, (emit) => ({
          work: (frame) => (settings.enabled ? frame.picture.luma(watchSize(frame)) : of(null)),
          done: (frame, image) => emit(seen(frame, image)),
          failed(frame, error) {
            try {
              if (!onError) throw error;
              onError(error);
            } catch (thrown) {
              frame.drop('failed');
              throw thrown;
            }
            emit(seen(frame, null));
          },
          overflow(frame) {
            frame.drop('busy');
            return null;
          },
          abandoned: (frame) => frame.drop('shutdown'),
        })),
      );
    });
}

function pixelsOf(box: Box, { width, height }: Frame): Box {
  return {
    x: box.x * width,
    y: box.y * height,
    width: box.width * width,
    height: box.height * height,
  };
}

function meanOf({ data }: LumaImage): number {
  let sum = 0;
  // By index: of each picture this takes a tenth of the time of an iterator.
  for (let at = 0; at < data.length; at += 1) sum += data[at] as number;
  return sum / Math.max(1, data.length);
}
