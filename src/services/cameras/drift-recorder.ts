import type { Clock } from '../../domain/clock.ts';
import { dayPart } from '../../domain/drift/day-part.ts';
import { emptyHistogram } from '../../domain/drift/drift-histogram.ts';
import { type DriftMeasure, driftBin, driftMeasure } from '../../domain/drift/drift-measure.ts';
import { faceMeasures, keyframeMeasures } from '../../domain/drift/face-measures.ts';
import type { GradedFrame } from '../../domain/graded-face.ts';
import type { EmbeddedKeyframe } from '../../domain/keyframe.ts';
import type { DriftCount } from '../../store/drift-table.ts';

export interface DriftRecorderOptions {
  readonly table: { add(counted: readonly DriftCount[]): void };
  /** Frames a second of the cameras that are live now. */
  readonly frameRates: () => readonly { readonly cameraId: string; readonly rate: number }[];
  readonly clock: Clock;
  /** The embedding space in use: values of different models do not compare. */
  readonly model: string;
  /** Whether only keyframes are seen here, and not all faces. */
  readonly ofKeyframes?: boolean;
  /** Counts could not be written and wait on. */
  readonly onError: (error: unknown) => void;
  /** So many values were left out, for too many histograms wait. */
  readonly onDropped: (count: number) => void;
  /** Between two writes, milliseconds; default one minute. */
  readonly every?: number;
}

/** Histograms that wait at most: 256 cameras and 14 measures over two parts of a day, and room. */
const maxWaiting = 8_192;
/** Histograms that one transaction takes, some 2 ms. */
const atOnce = 64;
/** Until the next transaction where more wait, milliseconds. */
const nextMs = 100;
/** Faces of one picture a camera in this time are counted: who stands about counts no further. */
const faceMs = 1_000;
/** Of one picture, at most. */
const maxFaces = 32;

type DriftKeyframe = Pick<EmbeddedKeyframe, 'cameraId' | 'capturedAt' | 'face' | 'quality' | 'raw'>;

/**
 * Counts what each camera's pictures and faces are like, by day and part of the day. Histograms
 * alone are kept: no picture, no face, nothing of a person.
 */
export class DriftRecorder {
  readonly #options: DriftRecorderOptions;
  readonly #waiting = new Map<string, DriftCount>();
  readonly #brightness = new Map<string, { sum: number; frames: number }>();
  /** When faces of a camera were counted last. */
  readonly #counted = new Map<string, number>();
  #dropped = 0;
  #cancel: (() => void) | undefined;

  constructor(options: DriftRecorderOptions) {
    this.#options = options;
    this.#schedule(this.#every);
  }

  /** Faces of a picture, good enough or not: a blurred camera has ever fewer that are. */
  graded(cameraId: string, { frame, faces }: GradedFrame): void {
    if (frame === null || faces.length === 0 || this.#options.ofKeyframes) return;
    const last = this.#counted.get(cameraId);
    if (last !== undefined && Math.abs(frame.capturedAt - last) < faceMs) return;
    this.#counted.set(cameraId, frame.capturedAt);
    for (const { quality } of faces.slice(0, maxFaces)) {
      for (const [measure, value] of faceMeasures(quality)) {
        this.#count(cameraId, measure, value, frame.capturedAt);
      }
    }
  }

  keyframe(keyframe: DriftKeyframe): void {
    const { cameraId, capturedAt, quality } = keyframe;
    const measured = [
      ...(this.#options.ofKeyframes ? faceMeasures(quality) : []),
      ...keyframeMeasures(keyframe),
    ];
    for (const [measure, value] of measured) this.#count(cameraId, measure, value, capturedAt);
  }

  /** Of a whole picture, 0..255; null where it was not measured. */
  brightness(cameraId: string, level: number | null): void {
    if (level === null) return;
    const gathered = this.#brightness.get(cameraId) ?? { sum: 0, frames: 0 };
    gathered.sum += level;
    gathered.frames += 1;
    this.#brightness.set(cameraId, gathered);
  }

  /** The best score of somebody who raised no alert, or of an alert that a person dismissed. */
  stranger(cameraId: string, score: number, at: number): void {
    this.#count(cameraId, 'strangerScore', score, at);
  }

  /** The score of an alert that a person confirmed. */
  confirmed(cameraId: string, score: number, at: number): void {
    this.#count(cameraId, 'confirmedScore', score, at);
  }

  /** Writes all that waits, and ends. Idempotent. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#sample();
    while (this.#waiting.size > 0 && this.#write()) {
      // Until nothing waits, or the data folder refuses.
    }
  }

  get #every(): number {
    return this.#options.every ?? 60_000;
  }

  #count(cameraId: string, measure: DriftMeasure, value: number, at: number): void {
    if (!Number.isFinite(value)) return;
    const { day, part } = dayPart(at);
    const key = JSON.stringify([cameraId, measure, day, part]);
    let counted = this.#waiting.get(key);
    if (counted === undefined) {
      if (this.#waiting.size >= maxWaiting) {
        this.#dropped += 1;
        return;
      }
      const model = driftMeasure(measure).isOfModel ? this.#options.model : '';
      counted = { cameraId, measure, model, day, part, counts: emptyHistogram() };
      this.#waiting.set(key, counted);
    }
    const bin = driftBin(measure, value);
    counted.counts[bin] = (counted.counts[bin] ?? 0) + 1;
  }

  /** What is sampled once a write: means over the time since the last one, and rates. */
  #sample(): void {
    const at = this.#options.clock.now();
    for (const [cameraId, { sum, frames }] of this.#brightness) {
      this.#count(cameraId, 'brightness', sum / frames, at);
    }
    this.#brightness.clear();
    // Cameras that are gone leave nothing behind.
    this.#counted.clear();
    for (const { cameraId, rate } of this.#options.frameRates()) {
      this.#count(cameraId, 'frameRate', rate, at);
    }
    if (this.#dropped > 0) this.#options.onDropped(this.#dropped);
    this.#dropped = 0;
  }

  /** @returns whether the data folder took it */
  #write(): boolean {
    const next = [...this.#waiting].slice(0, atOnce);
    if (next.length === 0) return true;
    try {
      this.#options.table.add(next.map(([, counted]) => counted));
      for (const [key] of next) this.#waiting.delete(key);
      return true;
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  #schedule(ms: number): void {
    this.#cancel = this.#options.clock.after(ms, () => {
      if (ms === this.#every) this.#sample();
      const taken = this.#write();
      this.#schedule(taken && this.#waiting.size > 0 ? nextMs : this.#every);
    });
  }
}
