import type { OperatorFunction } from 'rxjs';
import { catchError, defer, forkJoin, from, map, Observable, of } from 'rxjs';
import type { Clock } from '../domain/clock.ts';
import type { DetectedFace, DetectedFrame } from '../domain/detection.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { TrackedFrame } from '../domain/track.ts';
import { FrameTimeline } from './frame-timeline.ts';
import { mapOrdered } from './map-ordered.ts';
import { isAnotherShot, type SceneLook } from './shot-change.ts';
import { subscribeToSource } from './subscribe-to-source.ts';
import type { Appearance } from './tracking/tracker.ts';
import { Tracker } from './tracking/tracker.ts';

export interface TrackOptions {
  readonly cameraId: string;
  /** Faces below this confidence may continue a track but not start one; default 0.5. */
  readonly startScore?: number;
  /** From this confidence on one detection makes a track; default 0.7. */
  readonly sureScore?: number;
  /** Detections that make a track otherwise; default 2. */
  readonly minHits?: number;
  /** A track unseen for longer has ended, milliseconds of media time; default 2000. */
  readonly maxUnseen?: number;
  /** Tracks at once, at most; default 64. The one unseen for longest gives way. */
  readonly maxTracks?: number;
  /** With a clock, tracks also end when no frame at all comes for `maxUnseen` and half a second. */
  readonly clock?: Clock;
  /**
   * What a face looks like, as a vector compared by cosine (clothing, say: see
   * `clothingAppearance`). Asked only where place alone does not tell: faces
   * close together, a lost face coming back.
   */
  readonly appearance?: (frame: Frame, face: DetectedFace) => Promise<Appearance>;
  /**
   * What the whole picture looks like (see `sceneLook`): where it is of another shot than the
   * one before, all tracks end, for nobody in it is known. Asked where there are faces.
   */
  readonly scene?: (frame: Frame) => Promise<SceneLook | null>;
  /** Told when looking at a face failed; tracking goes on by place alone. */
  readonly onAppearanceError?: (error: unknown) => void;
  /** Told how many tracks there are, whenever that changes. */
  readonly onActive?: (tracks: number) => void;
  /** Frames held at most; further ones are dropped as `busy`. Default 4. */
  readonly capacity?: number;
  /** Default: random. */
  readonly createTrackId?: () => string;
}

interface SeenFrame extends DetectedFrame {
  readonly looks: readonly Appearance[];
  /** Null where it was not looked at, or cannot tell. */
  readonly scene: SceneLook | null;
}

/** Silence beyond `maxUnseen` that network jitter may cause, milliseconds. */
const silenceMargin = 500;

/**
 * Gives faces an identity over time: constant-velocity motion of centre and
 * size, optimal assignment by distance relative to the face's size (at five
 * frames a second a walker's boxes do not overlap, so overlap cannot serve),
 * a second pass for doubtful detections, and lost tracks taken up again within
 * `maxUnseen` by motion and, where given, appearance.
 *
 * When the source completes, all tracks end in a last item without a frame.
 * Drops: `busy` (looking at faces fell behind), `shutdown`.
 */
export function track(options: TrackOptions): OperatorFunction<DetectedFrame, TrackedFrame> {
  const settings = {
    cameraId: options.cameraId,
    startScore: options.startScore ?? 0.5,
    sureScore: options.sureScore ?? 0.7,
    minHits: options.minHits ?? 2,
    maxUnseen: options.maxUnseen ?? 2_000,
    maxTracks: options.maxTracks ?? 64,
    createTrackId: options.createTrackId ?? ((): string => crypto.randomUUID()),
  };
  if (!(settings.maxTracks >= 1)) {
    throw new RangeError('Cannot track: maxTracks must be at least 1');
  }
  return (source) =>
    defer(() => {
      const tracker = new Tracker(settings);
      const timeline = new FrameTimeline();
      const timed = source.pipe(timeFrames(timeline));
      return timed.pipe(lookAtFaces(options, tracker), associate(options, tracker, settings));
    });
}

type Look<L> = { readonly look: L | null } | { readonly look: null; readonly error: unknown };

interface Looks {
  readonly faces: readonly Look<Float32Array>[];
  readonly scene: Look<SceneLook>;
}

const unseen: Look<never> = { look: null };

/** A failure as a value: the frame must stay until every read of it has settled. */
function settled<L>(look: () => Promise<L | null>): Observable<Look<L>> {
  return defer(() => from(look())).pipe(
    map((each) => ({ look: each })),
    catchError((error: unknown) => of({ look: null, error })),
  );
}

interface TimedFrame extends DetectedFrame {
  /** Milliseconds since the first frame. */
  readonly time: number;
}

function timeFrames(timeline: FrameTimeline): OperatorFunction<DetectedFrame, TimedFrame> {
  return map((item) => ({ ...item, time: timeline.advance(item.frame) }));
}

function lookAtFaces(
  { appearance, scene, capacity = 4, onAppearanceError }: TrackOptions,
  tracker: Tracker,
): OperatorFunction<TimedFrame, SeenFrame & TimedFrame> {
  if (!appearance && !scene) return map((item) => ({ ...item, looks: [], scene: null }));
  return mapOrdered<TimedFrame, Looks, SeenFrame & TimedFrame>(
    { concurrency: 1, capacity },
    (emit) => ({
      work({ frame, faces, time }) {
        const wanted = appearance && tracker.wantsAppearance(time, faces) ? appearance : null;
        const looks =
          wanted === null ? [] : faces.map((face) => settled(() => wanted(frame, face)));
        return forkJoin({
          faces: looks.length === 0 ? of([]) : forkJoin(looks),
          scene: scene && faces.length > 0 ? settled(() => scene(frame)) : of(unseen),
        });
      },
      done(item, looked) {
        try {
          for (const each of [...looked.faces, looked.scene]) {
            if ('error' in each) onAppearanceError?.(each.error);
          }
        } catch (error) {
          item.frame.drop('failed');
          throw error;
        }
        emit({
          ...item,
          looks: looked.faces.map(({ look }) => look),
          scene: looked.scene.look,
        });
      },
      failed({ frame }, error) {
        frame.drop('failed');
        throw error;
      },
      overflow({ frame }) {
        frame.drop('busy');
        return null;
      },
      abandoned: ({ frame }) => frame.drop('shutdown'),
    }),
  );
}

function associate(
  { clock, onActive }: TrackOptions,
  tracker: Tracker,
  { maxUnseen }: { readonly maxUnseen: number },
): OperatorFunction<SeenFrame & TimedFrame, TrackedFrame> {
  return (source) =>
    new Observable<TrackedFrame>((subscriber) => {
      let active = 0;
      let shot: SceneLook | null = null;
      let cancelSilence: (() => void) | undefined;
      const report = (): void => {
        if (tracker.active === active) return;
        active = tracker.active;
        onActive?.(active);
      };
      const endAll = (): void => {
        const ended = tracker.endAll();
        report();
        if (ended.length > 0) subscriber.next({ frame: null, faces: [], ended });
      };

      subscriber.add(() => {
        cancelSilence?.();
        tracker.endAll();
        report();
      });

      subscribeToSource(source, subscriber, {
        next({ frame, faces, time, looks, scene }) {
          cancelSilence?.();
          let association: ReturnType<Tracker['update']>;
          try {
            const cut = isAnotherShot(shot, scene) ? tracker.endAll() : [];
            shot = scene ?? shot;
            const { ended, ...update } = tracker.update(time, frame.capturedAt, faces, looks);
            association = { ...update, ended: [...cut, ...ended] };
            report();
          } catch (error) {
            frame.drop('failed');
            throw error;
          }
          if (clock && tracker.active > 0) {
            cancelSilence = clock.after(maxUnseen + silenceMargin, () => {
              try {
                endAll();
              } catch (error) {
                subscriber.error(error);
              }
            });
          }
          subscriber.next({ frame, ...association });
        },
        complete() {
          endAll();
          subscriber.complete();
        },
      });
    });
}
