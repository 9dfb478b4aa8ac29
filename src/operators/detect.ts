import { type OperatorFunction, of } from 'rxjs';
import type { DetectedFace, Detector, LookedAtFrame } from '../domain/detection.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { DropReason } from '../domain/frame/ledger.ts';
import type { WatchedFrame } from '../domain/motion.ts';
import type { CloserLook, CloserLooks } from './closer-looks.ts';
import { mapOrdered } from './map-ordered.ts';
import type { RecentFaces } from './recent-faces.ts';

export interface DetectOptions {
  readonly detector: Detector;
  /** Faces below this confidence are left out; default 0.3. `track` sorts the doubtful ones. */
  readonly minScore?: number;
  /** Which faces count; default: all. Must not keep the frame. */
  readonly wanted?: (face: DetectedFace, frame: Frame) => boolean;
  /** Learns when a face that counts was found. */
  readonly recent?: RecentFaces;
  /** Where pictures are looked at closer; default: nowhere. */
  readonly closer?: CloserLooks;
  /** Frames in detection at once; default 2. */
  readonly concurrency?: number;
  /** Frames held at most; further ones are dropped as `busy`. Default 4. */
  readonly capacity?: number;
  /**
   * Told of every failed detection; the frame is dropped and the stream goes
   * on. Without it a failure is the stream's error.
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Finds the faces of each frame that is to be looked at, in the frames' order; in the others
 * there are none.
 *
 * Drops: `busy` (the detector is overloaded or timed out, or `capacity` is
 * reached), `shutdown` (tear-down, or inference is closed), `failed` (any
 * other failure). A frame in detection at tear-down is freed when the
 * detector has let go of it.
 */
export function detect(options: DetectOptions): OperatorFunction<WatchedFrame, LookedAtFrame> {
  const { detector, minScore = 0.3, concurrency = 2, capacity = 4, onError } = options;
  const { closer, wanted = () => true, recent } = options;
  const closely = new WeakMap<WatchedFrame, CloserLook>();
  const look = (item: WatchedFrame): Promise<readonly DetectedFace[]> => {
    const planned = closer?.plan(item);
    if (planned === undefined) return detector.detect(item.frame.picture);
    closely.set(item, planned);
    return detector.detect(item.frame.picture, planned.parts);
  };
  return mapOrdered<WatchedFrame, readonly DetectedFace[], LookedAtFrame>(
    { concurrency, capacity },
    (emit) => ({
      work: (item) => (item.look === 'still' ? of([]) : look(item)),
      done(item, found) {
        const { frame, look, time } = item;
        closely.get(item)?.done(found);
        let faces: readonly DetectedFace[];
        try {
          faces = found.filter((face) => face.score >= minScore && wanted(face, frame));
        } catch (error) {
          frame.drop('failed');
          throw error;
        }
        if (faces.length > 0) recent?.found(time);
        emit({ frame, faces, look });
      },
      failed(item, error) {
        const { frame } = item;
        closely.get(item)?.done([]);
        frame.drop(dropReason(error));
        if (!onError) throw error;
        onError(error);
      },
      overflow({ frame }) {
        frame.drop('busy');
        return null;
      },
      abandoned(item) {
        closely.get(item)?.done([]);
        item.frame.drop('shutdown');
      },
    }),
  );
}

function dropReason(error: unknown): DropReason {
  if (isNightglassError(error, 'INFERENCE_OVERLOADED', 'INFERENCE_TIMEOUT')) return 'busy';
  return isNightglassError(error, 'INFERENCE_CLOSED') ? 'shutdown' : 'failed';
}
