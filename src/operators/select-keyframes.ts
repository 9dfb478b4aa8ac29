import type { OperatorFunction } from 'rxjs';
import { from, map, of } from 'rxjs';
import type { GradedFrame } from '../domain/graded-face.ts';
import type { Keyframe, TrackEvent } from '../domain/keyframe.ts';
import type { EndedTrack, TrackSighting } from '../domain/track.ts';
import { KeyframeChooser } from './keyframe-chooser.ts';
import { mapOrdered } from './map-ordered.ts';
import type { TrackMarks } from './track-marks.ts';

export interface SelectKeyframesOptions {
  /** Keyframes of a track, at most; default 5. */
  readonly maxPerTrack?: number;
  /** Points of unified score by which a later face must be better than the best so far; default 8. */
  readonly clearlyBetter?: number;
  /** Degrees of yaw to every face chosen so far that make a pose different; default 20. */
  readonly differentYaw?: number;
  /** Least time between keyframes of a track, milliseconds of media time; default 400. */
  readonly minInterval?: number;
  /** A face held back goes out after this time without an acceptable one, milliseconds; default 1000. */
  readonly holdFor?: number;
  /** Least time between two notes that a track is in view, milliseconds of media time; default 1000. */
  readonly noteEvery?: number;
  /** Tracks remembered at most; default 256. The one seen longest ago is forgotten. */
  readonly maxTracks?: number;
  /** Tracks whose next acceptable face is chosen at once, because the last one turned out to be none. */
  readonly rejected?: TrackMarks;
  /** Tracks that came to show another person: their choice starts from the beginning. */
  readonly split?: TrackMarks;
  /**
   * A track without a keyframe for so long is looked at whatever the face's quality, to see whether
   * it still shows the same person; each further time after twice as long, up to eight times.
   * Milliseconds of media time; default 4000.
   */
  readonly checkAfter?: number;
  /** JPEG quality of the scene, 1..100; default 85. */
  readonly sceneQuality?: number;
  /** Frames held at most; further ones are dropped as `busy`. Default 4. */
  readonly capacity?: number;
  /**
   * Told when a scene could not be encoded: its keyframes are lost. Without it,
   * that is the stream's error.
   */
  readonly onError?: (error: unknown) => void;
}

/**
 * Chooses the faces worth enhancing and matching: the first acceptable face of
 * a track at once, later ones only when clearly better or differently posed, or
 * now and then as a check that the track still shows the same person.
 * A face on `hold` goes out when its track ends, or has waited long enough,
 * without an acceptable one. This is the last stage that needs the frame: it
 * disposes of it.
 *
 * Emits the keyframes of a frame, then which tracks with keyframes are in view (every `noteEvery`),
 * then the tracks that ended with it.
 * Drops: `busy` (over `capacity`; ended tracks are passed on), `failed` (the
 * scene could not be encoded), `shutdown`.
 */
export function selectKeyframes(
  options: SelectKeyframesOptions = {},
): OperatorFunction<GradedFrame, TrackEvent> {
  const { sceneQuality = 85, capacity = 4, onError } = options;
  const settings = {
    maxPerTrack: options.maxPerTrack ?? 5,
    clearlyBetter: options.clearlyBetter ?? 8,
    differentYaw: options.differentYaw ?? 20,
    minInterval: options.minInterval ?? 400,
    holdFor: options.holdFor ?? 1_000,
    maxTracks: options.maxTracks ?? 256,
    rejected: options.rejected,
    split: options.split,
    checkAfter: options.checkAfter ?? 4_000,
    noteEvery: options.noteEvery ?? 1_000,
  };
  if (!(settings.maxPerTrack >= 1)) {
    throw new RangeError('Cannot select keyframes: maxPerTrack must be at least 1');
  }
  return mapOrdered<GradedFrame, Uint8Array | null, TrackEvent>(
    { concurrency: 1, capacity },
    (emit) => {
      const chooser = new KeyframeChooser(settings);
      return {
        work({ frame, faces }) {
          if (!frame || !chooser.wantsScene(frame, faces)) return of(null);
          return from(frame.picture.jpeg({ quality: sceneQuality })).pipe(map((jpeg) => jpeg));
        },
        done({ frame, faces, ended }, scene) {
          let keyframes: readonly Keyframe[];
          let seen: readonly TrackSighting[];
          try {
            keyframes = frame ? chooser.choose(frame, faces, scene) : [];
            seen = frame ? chooser.seen(frame, faces) : [];
          } catch (error) {
            frame?.drop('failed');
            throw error;
          }
          frame?.[Symbol.dispose]();
          for (const keyframe of keyframes) emit({ kind: 'keyframe', keyframe });
          for (const each of seen) emit({ kind: 'seen', seen: each });
          emitEnded(ended);
        },
        failed({ frame, ended }, error) {
          frame?.drop('failed');
          if (!onError) throw error;
          onError(error);
          emitEnded(ended);
        },
        overflow({ frame, ended }) {
          frame?.drop('busy');
          return ended.length > 0 ? { frame: null, faces: [], ended } : null;
        },
        abandoned: ({ frame }) => frame?.drop('shutdown'),
      };

      function emitEnded(ended: readonly EndedTrack[]): void {
        for (const track of ended) {
          const held = chooser.end(track.trackId);
          if (held) emit({ kind: 'keyframe', keyframe: held });
          emit({ kind: 'ended', track });
        }
      }
    },
  );
}
