import type { DetectedFace } from '../../domain/detection.ts';
import type { EndedTrack, TrackedFace } from '../../domain/track.ts';
import { assign } from './assignment.ts';
import { MotionModel } from './motion-model.ts';

export interface TrackerOptions {
  readonly cameraId: string;
  readonly startScore: number;
  readonly sureScore: number;
  readonly minHits: number;
  readonly maxUnseen: number;
  readonly maxTracks: number;
  readonly createTrackId: () => string;
}

export interface Association {
  readonly faces: readonly TrackedFace[];
  readonly ended: readonly EndedTrack[];
}

/** What a face looks like; see `appearance` in TrackOptions. Null where nothing can be said. */
export type Appearance = Float32Array | null;

interface Track {
  readonly trackId: string;
  readonly motion: MotionModel;
  readonly startedAt: number;
  endedAt: number;
  /** Track time of the last detection, milliseconds. */
  seenAt: number;
  hits: number;
  confirmed: boolean;
  appearance: Appearance;
  appearanceAt: number;
}

/** A track unseen for this long is lost: it may only take what the seen ones leave. */
const lostAfter = 500;
/** An unconfirmed track unseen for this long was a false alarm. */
const tentativeFor = 1_000;
/** An appearance older than this is looked at again. */
const appearanceFor = 1_000;
/** What unlike appearance costs, in squared standard deviations of motion; at most twice this. */
const appearanceWeight = 6;
/** Below this cosine a lost track is not taken up again, however well the place fits. */
const unlike = 0.5;

/** Identity of faces over time at one camera: see `track`. Holds state; one a subscription. */
export class Tracker {
  readonly #options: TrackerOptions;
  #tracks: Track[] = [];
  #time = 0;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** Confirmed tracks that have not ended. */
  get active(): number {
    return this.#tracks.filter((track) => track.confirmed).length;
  }

  /**
   * Whether looks would help with these faces: where a track is lost, where
   * faces are close together, where a track was not looked at for a while.
   */
  wantsAppearance(time: number, faces: readonly DetectedFace[]): boolean {
    if (faces.length === 0) return false;
    return (
      faces.length > this.#tracks.length ||
      this.#tracks.some(
        (track, index) =>
          time - track.seenAt > lostAfter ||
          time - track.appearanceAt > appearanceFor ||
          this.#tracks.some((other, at) => at > index && near(track.motion, other.motion)),
      )
    );
  }

  /**
   * Takes in the faces of the next frame.
   * @param time track time, milliseconds, never decreasing
   * @param capturedAt wall time of the frame, milliseconds
   * @param looks appearance of each face, if it was looked at
   */
  update(
    time: number,
    capturedAt: number,
    faces: readonly DetectedFace[],
    looks: readonly Appearance[] = [],
  ): Association {
    const seconds = (time - this.#time) / 1_000;
    this.#time = time;
    const ended = this.#end((track) => time - track.seenAt > this.#options.maxUnseen);
    for (const track of this.#tracks) track.motion.predict(seconds);

    const trackOf = new Map<number, Track>();
    const indices = [...faces.keys()];
    const isSure = (index: number): boolean =>
      (faces[index]?.score ?? 0) >= this.#options.startScore;
    const pair = (tracks: readonly Track[], candidates: readonly number[], lost: boolean): void => {
      const free = candidates.filter((index) => !trackOf.has(index));
      const taken = new Set(trackOf.values());
      const open = tracks.filter((track) => !taken.has(track));
      const columns = assign(
        open.map((track) =>
          free.map((index) => pairCost(track, faces[index], looks[index] ?? null, lost)),
        ),
      );
      for (const [row, column] of columns.entries()) {
        const track = open[row];
        const index = free[column];
        if (track && index !== undefined) trackOf.set(index, track);
      }
    };
    // After ByteTrack (Zhang et al., 2022): doubtful detections may continue a
    // track that was just seen, never start one or bring a lost one back.
    const seen = this.#tracks.filter((track) => time - track.seenAt <= lostAfter);
    const lost = this.#tracks.filter((track) => time - track.seenAt > lostAfter);
    pair(seen, indices.filter(isSure), false);
    pair(
      seen,
      indices.filter((index) => !isSure(index)),
      false,
    );
    pair(lost, indices.filter(isSure), true);

    for (const [index, face] of faces.entries()) {
      const track = trackOf.get(index);
      if (track) this.#continue(track, face, time, capturedAt, looks[index] ?? null);
    }
    for (const index of indices.filter((each) => isSure(each) && !trackOf.has(each))) {
      const face = faces[index];
      if (!face || !this.#makeRoom(time, ended)) continue;
      trackOf.set(index, this.#start(face, time, capturedAt, looks[index] ?? null));
    }

    const tracked: TrackedFace[] = [];
    for (const [index, face] of faces.entries()) {
      const track = trackOf.get(index);
      if (track?.confirmed) tracked.push({ ...face, trackId: track.trackId, hits: track.hits });
    }
    return { faces: tracked, ended };
  }

  /** Ends every track. */
  endAll(): readonly EndedTrack[] {
    return this.#end(() => true);
  }

  #continue(track: Track, face: DetectedFace, time: number, at: number, look: Appearance): void {
    track.motion.correct(face.box);
    track.seenAt = time;
    track.endedAt = at;
    track.hits += 1;
    track.confirmed ||= track.hits >= this.#options.minHits || this.#isBeyondDoubt(face);
    if (look) {
      track.appearance = blend(track.appearance, look);
      track.appearanceAt = time;
    }
  }

  #start(face: DetectedFace, time: number, capturedAt: number, look: Appearance): Track {
    const track: Track = {
      trackId: this.#options.createTrackId(),
      motion: new MotionModel(face.box),
      startedAt: capturedAt,
      endedAt: capturedAt,
      seenAt: time,
      hits: 1,
      confirmed: this.#options.minHits <= 1 || this.#isBeyondDoubt(face),
      appearance: look,
      appearanceAt: time,
    };
    this.#tracks.push(track);
    return track;
  }

  #isBeyondDoubt(face: DetectedFace): boolean {
    return face.score >= this.#options.sureScore;
  }

  /** Where the bound is reached the track unseen for longest gives way; false when all are in view. */
  #makeRoom(time: number, ended: EndedTrack[]): boolean {
    if (this.#tracks.length < this.#options.maxTracks) return true;
    const oldest = this.#tracks.reduce((a, b) => (b.seenAt < a.seenAt ? b : a));
    if (oldest.seenAt >= time) return false;
    ended.push(...this.#end((track) => track === oldest));
    return true;
  }

  #end(isOver: (track: Track) => boolean): EndedTrack[] {
    const ended: EndedTrack[] = [];
    this.#tracks = this.#tracks.filter((track) => {
      const falseAlarm = !track.confirmed && this.#time - track.seenAt > tentativeFor;
      if (!falseAlarm && !isOver(track)) return true;
      if (track.confirmed) {
        ended.push({
          cameraId: this.#options.cameraId,
          trackId: track.trackId,
          startedAt: track.startedAt,
          endedAt: track.endedAt,
          hits: track.hits,
        });
      }
      return false;
    });
    return ended;
  }
}

function pairCost(
  track: Track,
  face: DetectedFace | undefined,
  look: Appearance,
  lost: boolean,
): number {
  if (!face) return Number.POSITIVE_INFINITY;
  const cost = track.motion.cost(face.box);
  if (!track.appearance || !look) return cost;
  const likeness = cosine(track.appearance, look);
  if (lost && likeness < unlike) return Number.POSITIVE_INFINITY;
  return cost + appearanceWeight * (1 - likeness);
}

function near(a: MotionModel, b: MotionModel): boolean {
  const reach = 2.5 * Math.max(a.size, b.size);
  return Math.hypot(a.centre.x - b.centre.x, a.centre.y - b.centre.y) < reach;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}

function blend(known: Appearance, look: Float32Array): Float32Array {
  if (known?.length !== look.length) return look;
  return known.map((value, index) => 0.8 * value + 0.2 * (look[index] ?? 0));
}
