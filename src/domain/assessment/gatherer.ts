import type { GradedFace, GradedFrame } from '../graded-face.ts';
import type { Keyframe, TrackEvent } from '../keyframe.ts';
import { directionalBlur } from '../quality/directional-blur.ts';
import { faceLuma, middleLuma } from '../quality/luma-plane.ts';
import { noiseOf } from '../quality/noise.ts';
import type { Quality, QualityComponent, QualityVerdict } from '../quality/quality.ts';
import type { EndedTrack } from '../track.ts';
import { causesOf, type StreamMeasures, type TrackMeasures } from './causes.ts';
import { type Gathered, nothingGathered } from './gathered.ts';
import { binOf } from './histogram.ts';
import { type Measure, measures } from './measures.ts';
import { distanceAsRecognisable, type RecognitionLevel } from './recognition.ts';

/** The best picture of a track so far, without its pixels. */
interface Best {
  readonly quality: Quality;
  readonly brightness: number | null;
  readonly noise: number | null;
  readonly directionalBlur: number | null;
}

interface OpenTrack {
  faces: number;
  best: Best;
  keyframes: number;
  accepted: number;
  /** Of the recogniser, the best of its keyframes. */
  recognisability: number | null;
  readonly reasons: Map<string, number>;
  acceptedFaces: number;
}

/** Tracks in view at once whose pictures are compared; the oldest is given up. */
const maxTracks = 512;
const rank: Readonly<Record<QualityVerdict, number>> = { accept: 2, hold: 1, reject: 0 };

/**
 * Gathers what one camera's pictures are worth for recognition, as counts alone. Told of what
 * leaves the stages `quality` and `fuse`.
 */
export class AssessmentGatherer {
  readonly #gathered: Gathered;
  readonly #levels: readonly RecognitionLevel[];
  readonly #tracks = new Map<string, OpenTrack>();
  #stream: StreamMeasures = { frameRate: null, bitsPerPixel: null };
  #mediaTime: number | null = null;
  #sceneAt = Number.NEGATIVE_INFINITY;

  /** @param gathered goes on from here: a program that was started again */
  constructor(levels: readonly RecognitionLevel[], gathered: Gathered = nothingGathered()) {
    this.#levels = levels;
    this.#gathered = gathered;
  }

  get gathered(): Gathered {
    return this.#gathered;
  }

  /** The stream as it is now; each call is one sample. */
  stream(measured: StreamMeasures): void {
    this.#stream = measured;
    this.#count('frameRate', measured.frameRate);
    this.#count('bitsPerPixel', measured.bitsPerPixel);
  }

  /** Mean grey level of the whole picture; one sample a second is enough. */
  scene(brightness: number, mediaTime: number): void {
    if (mediaTime >= this.#sceneAt && mediaTime < this.#sceneAt + 1_000) return;
    this.#sceneAt = mediaTime;
    this.#count('sceneBrightness', brightness);
  }

  /** Faces of a frame, graded. The frame is read now and not kept. */
  graded({ frame, faces }: GradedFrame): void {
    if (frame === null) return;
    const { mediaTime } = frame;
    const step = mediaTime - (this.#mediaTime ?? mediaTime);
    // A stream that begins again starts its media time from nothing.
    if (step > 0 && step < 60_000) this.#gathered.seconds += step / 1_000;
    this.#mediaTime = mediaTime;
    this.#gathered.frames += 1;
    this.#gathered.faces += faces.length;
    for (const face of faces) this.#face(face);
  }

  #face(face: GradedFace): void {
    const { trackId, quality } = face;
    const track = this.#tracks.get(trackId);
    if (track === undefined) {
      const [oldest] = this.#tracks.keys();
      if (this.#tracks.size >= maxTracks && oldest !== undefined) this.#tracks.delete(oldest);
      const opened = {
        faces: 0,
        best: pictureOf(face),
        keyframes: 0,
        accepted: 0,
        recognisability: null,
        reasons: new Map<string, number>(),
        acceptedFaces: 0,
      };
      this.#tracks.set(trackId, opened);
      this.#note(opened, quality);
      return;
    }
    this.#note(track, quality);
    if (isBetter(quality, track.best.quality)) track.best = pictureOf(face);
  }

  #note(track: OpenTrack, { reasons, verdict }: Quality): void {
    track.faces += 1;
    if (verdict === 'accept') track.acceptedFaces += 1;
    const [reason] = reasons;
    if (reason !== undefined) track.reasons.set(reason, (track.reasons.get(reason) ?? 0) + 1);
  }

  /** What leaves the last stage of a keyframe: those taken for faces, and tracks that ended. */
  event(event: TrackEvent): void {
    if (event.kind === 'keyframe') this.#keyframe(event.keyframe);
    else if (event.kind === 'ended') this.#ended(event.track);
  }

  #keyframe({ trackId, quality }: Keyframe): void {
    const track = this.#tracks.get(trackId);
    if (track === undefined) return;
    track.keyframes += 1;
    if (quality.verdict === 'accept') track.accepted += 1;
    const seen = quality.components.recognisability?.raw;
    if (seen !== undefined) track.recognisability = Math.max(track.recognisability ?? 0, seen);
  }

  #ended({ trackId, hits }: EndedTrack): void {
    const track = this.#tracks.get(trackId);
    if (track === undefined) return;
    this.#tracks.delete(trackId);
    const gathered = this.#gathered;
    const measured = measuresOf(track, hits);
    const usable = track.accepted > 0;
    gathered.tracks += 1;
    if (usable) {
      gathered.usable += 1;
      if (track.accepted > 1) gathered.pooled += 1;
    } else {
      const why = whyNot(track);
      gathered.unusable[why] = (gathered.unusable[why] ?? 0) + 1;
    }
    const effective = this.#effectiveDistance(measured);
    this.#countTrack(measured);
    if (usable) this.#count('effectiveDistance', effective);
    for (const cause of causesOf(measured, this.#stream)) {
      const counts = gathered.causes[cause];
      counts.tracks += 1;
      add(counts.seen, 'interEyeDistance', measured.interEyeDistance);
      if (usable) add(counts.effective, 'interEyeDistance', effective);
    }
  }

  /**
   * Pixels between the eyes of the evaluation's faces that are as recognisable: what blur, noise
   * and darkness cost is measured by the recogniser's own word, against that on the evaluation's
   * faces. A face seen from above shows less of its height.
   */
  #effectiveDistance({ interEyeDistance, recognisability, pitch }: TrackMeasures): number {
    const alike =
      recognisability === null
        ? interEyeDistance
        : distanceAsRecognisable(this.#levels, recognisability);
    return Math.min(interEyeDistance, alike) * Math.cos((pitch * Math.PI) / 180);
  }

  #countTrack(track: TrackMeasures): void {
    this.#count('interEyeDistance', track.interEyeDistance);
    this.#count('recognisability', track.recognisability);
    this.#count('sharpness', track.sharpness);
    this.#count('directionalBlur', track.directionalBlur);
    this.#count('brightness', track.brightness);
    this.#count('clipped', clipped(track));
    this.#count('noise', track.noise);
    this.#count('blockiness', track.blockiness);
    this.#count('yaw', track.yaw);
    this.#count('pitch', track.pitch);
    this.#count('framesPerTrack', track.frames);
    this.#count('keyframesPerTrack', track.keyframes);
  }

  #count(measure: Measure, value: number | null): void {
    if (value !== null) add(this.#gathered.counts[measure], measure, value);
  }
}

function add(counts: number[], measure: Measure, value: number): void {
  const bin = binOf(value, measures[measure].edges);
  counts[bin] = (counts[bin] ?? 0) + 1;
}

function clipped({ dark, bright }: TrackMeasures): number | null {
  return dark === null || bright === null ? null : Math.min(1, dark + bright);
}

/** Measures what the gate does not, of a face that it let through. */
function pictureOf({ quality, face }: GradedFace): Best {
  if (face === null) return { quality, brightness: null, noise: null, directionalBlur: null };
  const plane = faceLuma(face);
  return {
    quality,
    brightness: plane.data.reduce((sum, value) => sum + value, 0) / plane.data.length,
    noise: noiseOf(middleLuma(face.image, 128)),
    directionalBlur: directionalBlur(plane),
  };
}

/** What is rejected is judged by less: among those the larger face counts. */
function isBetter(quality: Quality, than: Quality): boolean {
  const [a, b] = [rank[quality.verdict], rank[than.verdict]];
  if (a !== b) return a > b;
  if (a > 0) return quality.score > than.score;
  return raw(quality, 'interEyeDistance', 0) > raw(than, 'interEyeDistance', 0);
}

function measuresOf(track: OpenTrack, frames: number): TrackMeasures {
  const { quality, brightness, noise, directionalBlur: directional } = track.best;
  return {
    interEyeDistance: raw(quality, 'interEyeDistance', 0),
    recognisability: track.recognisability,
    sharpness: raw(quality, 'sharpness', null),
    directionalBlur: directional,
    brightness,
    dark: raw(quality, 'underExposure', null),
    bright: raw(quality, 'overExposure', null),
    noise,
    blockiness: raw(quality, 'compression', null),
    yaw: raw(quality, 'yaw', 0),
    pitch: raw(quality, 'pitch', 0),
    frames,
    keyframes: track.keyframes,
  };
}

function raw<T extends number | null>(
  quality: Quality,
  component: QualityComponent,
  otherwise: T,
): number | T {
  return quality.components[component]?.raw ?? otherwise;
}

/** What mostly spoke against a track's faces; the recogniser where the gate did not. */
function whyNot({ acceptedFaces, keyframes, reasons }: OpenTrack): string {
  if (acceptedFaces > 0 && keyframes === 0) return 'not_a_face';
  const [most] = [...reasons].toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? 'not_a_face';
}
