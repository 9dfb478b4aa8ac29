import { LRUCache } from 'lru-cache';
import type { Frame } from '../domain/frame/frame.ts';
import { shareOf } from '../domain/geometry/box.ts';
import { interEyeDistance } from '../domain/geometry/landmarks.ts';
import type { GradedFace } from '../domain/graded-face.ts';
import type { Keyframe } from '../domain/keyframe.ts';
import type { TrackSighting } from '../domain/track.ts';
import { FrameTimeline } from './frame-timeline.ts';
import type { TrackMarks } from './track-marks.ts';

export interface KeyframeChooserOptions {
  readonly maxPerTrack: number;
  readonly clearlyBetter: number;
  readonly differentYaw: number;
  readonly minInterval: number;
  readonly holdFor: number;
  readonly maxTracks: number;
  readonly rejected?: TrackMarks | undefined;
  readonly split?: TrackMarks | undefined;
  /** Least time without a keyframe after which an acceptable face is chosen as a check, milliseconds. */
  readonly checkAfter: number;
  /** Least time between two notes that a track is in view, milliseconds. */
  readonly noteEvery: number;
}

interface TrackChoice {
  /** Keyframes of the track, checks among them. */
  chosen: number;
  /** Those of the person that it shows, without checks. */
  taken: number;
  /** Time without a keyframe that calls for the next check: twice as long after each. */
  checkAfter: number;
  bestScore: number;
  /** Yaw of each chosen face, degrees. */
  readonly yaws: number[];
  lastAt: number;
  /** The best of the faces held back, and since when one is. */
  held: Keyframe | null;
  heldSince: number;
  /** When it was last known downstream that the track is in view. */
  notedAt: number;
}

type Decision = 'choose' | 'check' | 'hold' | 'pass';

/** Checks of one track are at most so much rarer than the first. */
const rarestCheck = 8;

/**
 * Which faces of each track become keyframes: see `selectKeyframes`. Ask
 * `wantsScene` first, then give `choose` the scene that it wanted.
 */
export class KeyframeChooser {
  readonly #options: KeyframeChooserOptions;
  readonly #tracks: LRUCache<string, TrackChoice>;
  readonly #timeline = new FrameTimeline();
  #frame: Frame | undefined;
  #time = 0;

  constructor(options: KeyframeChooserOptions) {
    this.#options = options;
    this.#tracks = new LRUCache({ max: options.maxTracks });
  }

  /** Whether any face of the frame is to be chosen or held, so that its scene is needed. */
  wantsScene(frame: Frame, faces: readonly GradedFace[]): boolean {
    this.#advance(frame);
    return faces.some((face) => this.#decide(face) !== 'pass');
  }

  /** The keyframes that this frame brings, held ones whose time has come among them. */
  choose(frame: Frame, faces: readonly GradedFace[], scene: Uint8Array | null): Keyframe[] {
    this.#advance(frame);
    const chosen: Keyframe[] = [];
    for (const face of faces) {
      const decision = this.#decide(face);
      if (decision !== 'pass' && scene && face.face) {
        const track = this.#trackOf(face.trackId);
        const keyframe = keyframeOf(frame, face, face.face, scene, track.chosen);
        if (decision === 'choose') chosen.push(this.#take(track, keyframe));
        else if (decision === 'check') chosen.push(this.#check(track, keyframe));
        else {
          if (!track.held) track.heldSince = this.#time;
          track.held = keyframe;
        }
      }
    }
    for (const track of this.#tracks.rvalues()) {
      if (track?.held && this.#time - track.heldSince >= this.#options.holdFor) {
        chosen.push(this.#take(track, track.held));
      }
    }
    return chosen;
  }

  /** Tracks with keyframes that are in view and were not noted for a while. */
  seen(frame: Frame, faces: readonly GradedFace[]): TrackSighting[] {
    this.#advance(frame);
    return faces.flatMap(({ trackId, box }) => {
      const track = this.#tracks.get(trackId);
      if (!track || track.chosen === 0) return [];
      if (this.#time - track.notedAt < this.#options.noteEvery) return [];
      track.notedAt = this.#time;
      return [
        { cameraId: frame.cameraId, trackId, at: frame.capturedAt, place: shareOf(box, frame) },
      ];
    });
  }

  /** Forgets a track. @returns the face held back for it, if it is all there is */
  end(trackId: string): Keyframe | null {
    const track = this.#tracks.get(trackId);
    this.#tracks.delete(trackId);
    return track?.held ?? null;
  }

  #advance(frame: Frame): void {
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.#time = this.#timeline.advance(frame);
  }

  #decide({ trackId, quality, face }: GradedFace): Decision {
    if (!face || quality.verdict === 'reject') return 'pass';
    const { maxPerTrack, clearlyBetter, differentYaw, minInterval } = this.#options;
    const track = this.#tracks.get(trackId);
    if (quality.verdict === 'hold') {
      if (!track) return 'hold';
      if (track.chosen > 0) return 'pass';
      // The scene of a held face costs an encoding: only clearly better ones replace it.
      return !track.held || quality.score >= track.held.quality.score + clearlyBetter
        ? 'hold'
        : 'pass';
    }
    if (!track || track.chosen === 0) return 'choose';
    const { rejected, split } = this.#options;
    const isOther = split?.take(trackId) === true;
    // What was chosen was no face, or another person's: the next acceptable one is as good as the first.
    if (isOther) track.taken = 0;
    if (rejected?.take(trackId) || isOther) {
      track.bestScore = 0;
      track.yaws.length = 0;
    }
    const quiet = this.#time - track.lastAt;
    if (quiet < minInterval) return 'pass';
    const yaw = quality.components.yaw?.raw ?? 0;
    const isDifferent = track.yaws.every((other) => Math.abs(other - yaw) >= differentYaw);
    const isBetter = isDifferent || quality.score >= track.bestScore + clearlyBetter;
    if (isBetter && track.taken < maxPerTrack) return 'choose';
    return quiet >= track.checkAfter ? 'check' : 'pass';
  }

  #take(track: TrackChoice, keyframe: Keyframe): Keyframe {
    const { quality } = keyframe;
    this.#count(track);
    track.held = null;
    track.taken += 1;
    track.checkAfter = this.#options.checkAfter;
    // A face that was held back must not keep the first acceptable one waiting.
    if (quality.verdict === 'accept') {
      track.bestScore = Math.max(track.bestScore, quality.score);
      track.yaws.push(quality.components.yaw?.raw ?? 0);
    }
    return keyframe;
  }

  #check(track: TrackChoice, keyframe: Keyframe): Keyframe {
    this.#count(track);
    const { checkAfter } = this.#options;
    track.checkAfter = Math.min(track.checkAfter * 2, checkAfter * rarestCheck);
    return { ...keyframe, isCheck: true };
  }

  #count(track: TrackChoice): void {
    track.chosen += 1;
    track.lastAt = this.#time;
    track.notedAt = this.#time;
  }

  #trackOf(trackId: string): TrackChoice {
    const known = this.#tracks.get(trackId);
    if (known !== undefined) return known;
    const track: TrackChoice = {
      chosen: 0,
      taken: 0,
      checkAfter: this.#options.checkAfter,
      bestScore: 0,
      yaws: [],
      lastAt: Number.NEGATIVE_INFINITY,
      held: null,
      heldSince: 0,
      notedAt: 0,
    };
    this.#tracks.set(trackId, track);
    return track;
  }
}

function keyframeOf(
  frame: Frame,
  graded: GradedFace,
  face: Keyframe['face'],
  scene: Uint8Array,
  ordinal: number,
): Keyframe {
  return {
    cameraId: frame.cameraId,
    trackId: graded.trackId,
    ordinal,
    sequence: frame.sequence,
    mediaTime: frame.mediaTime,
    capturedAt: frame.capturedAt,
    capturedMonotonic: frame.capturedMonotonic,
    frameWidth: frame.width,
    frameHeight: frame.height,
    box: graded.box,
    landmarks: graded.landmarks,
    interEyeDistance: interEyeDistance(graded.landmarks),
    detectionScore: graded.score,
    quality: graded.quality,
    face,
    scene,
  };
}
