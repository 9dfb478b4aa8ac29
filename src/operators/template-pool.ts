import type { Embedding } from '../domain/face-models.ts';
import type { FusedKeyframe } from '../domain/keyframe.ts';
import type { EndedTrack } from '../domain/track.ts';
import type { BestFace, TrackTemplate } from '../domain/track-template.ts';

/** Least weight of an embedding: none is thrown away, none divides by zero. */
const leastWeight = 1e-3;
/** Faces of a track kept for people to look at. */
const maxBestFaces = 4;
/** Of upright photographs the least recognisable had 0.58; parts of faces and poor ones lie below. */
const surelyRecognisable = 0.55;

/** Running sums of one track's embeddings: see `poolTemplate`. */
export class TemplatePool {
  readonly #model: string;
  readonly #fused: Float64Array;
  readonly #raw: Float64Array;
  readonly #enhanced: Float64Array;
  readonly #first: Pick<FusedKeyframe, 'cameraId' | 'trackId' | 'capturedAt'>;
  #keyframes = 0;
  /** The highest that was pooled. */
  #recognisability = 0;
  #enhancedKeyframes = 0;
  #gates = 0;
  #weights = 0;
  /** Inter-eye distances, by weight. */
  #distances = 0;
  #best: FusedKeyframe;
  #bestFaces: readonly BestFace[] = [];

  constructor(first: FusedKeyframe) {
    const dimension = first.fused.length;
    const { cameraId, trackId, capturedAt } = first;
    this.#first = { cameraId, trackId, capturedAt };
    this.#model = first.model;
    this.#fused = new Float64Array(dimension);
    this.#raw = new Float64Array(dimension);
    this.#enhanced = new Float64Array(dimension);
    this.#best = first;
  }

  accepts(keyframe: FusedKeyframe): boolean {
    return keyframe.model === this.#model && keyframe.fused.length === this.#fused.length;
  }

  /**
   * Whether the keyframe shows somebody else: both it and one pooled before are good faces, and
   * their likeness is one of strangers.
   */
  isBrokenBy({ fused, raw, quality }: FusedKeyframe, strangerBelow: number): boolean {
    const isGood = quality.verdict === 'accept' && raw.recognisability >= surelyRecognisable;
    if (!isGood || this.#recognisability < surelyRecognisable) return false;
    const likeness = normalised(this.#fused).reduce(
      (sum, value, at) => sum + value * (fused[at] ?? 0),
      0,
    );
    return likeness < strangerBelow;
  }

  /** The track of what was pooled so far, as having ended with its last keyframe. */
  ended({ capturedAt }: Pick<FusedKeyframe, 'capturedAt'>): EndedTrack {
    const { cameraId, trackId, capturedAt: startedAt } = this.#first;
    return { cameraId, trackId, startedAt, endedAt: capturedAt, hits: this.#keyframes };
  }

  /** Takes in a keyframe. @returns the template with it */
  add(keyframe: FusedKeyframe): TrackTemplate {
    const { raw, enhanced, gate, fused, weight } = keyframe;
    const quality = keyframe.quality.score / 100;
    const weightOf = ({ recognisability }: Embedding) =>
      Math.max(leastWeight, weight ?? quality * recognisability);
    const rawWeight = weightOf(raw);
    addTo(this.#raw, raw.vector, rawWeight);
    let fusedWeight = rawWeight;
    if (enhanced) {
      const enhancedWeight = weightOf(enhanced);
      addTo(this.#enhanced, enhanced.vector, enhancedWeight);
      fusedWeight = gate * rawWeight + (1 - gate) * enhancedWeight;
      this.#enhancedKeyframes += 1;
    }
    addTo(this.#fused, fused, fusedWeight);
    this.#weights += fusedWeight;
    this.#distances += fusedWeight * keyframe.interEyeDistance;
    this.#keyframes += 1;
    this.#recognisability = Math.max(this.#recognisability, raw.recognisability);
    this.#gates += gate;
    if (isBetter(keyframe, this.#best)) this.#best = keyframe;
    if (isAccepted(keyframe)) {
      this.#bestFaces = [...this.#bestFaces, bestFaceOf(keyframe)]
        .sort((a, b) => b.quality - a.quality || a.ordinal - b.ordinal)
        .slice(0, maxBestFaces);
    }
    return {
      cameraId: keyframe.cameraId,
      trackId: keyframe.trackId,
      model: this.#model,
      fused: normalised(this.#fused),
      raw: normalised(this.#raw),
      enhanced: this.#enhancedKeyframes > 0 ? normalised(this.#enhanced) : null,
      keyframes: this.#keyframes,
      interEyeDistance: this.#distances / this.#weights,
      meanGate: this.#gates / this.#keyframes,
      best: this.#best,
      bestFaces: this.#bestFaces,
      latest: keyframe,
    };
  }
}

function bestFaceOf({ ordinal, quality, face }: FusedKeyframe): BestFace {
  return { ordinal, quality: quality.score, image: face.image };
}

function isAccepted({ quality }: FusedKeyframe): boolean {
  return quality.verdict === 'accept';
}

/** Above the quality gate, then by quality; of equals the earlier one, whatever the order in which they came. */
function isBetter(a: FusedKeyframe, b: FusedKeyframe): boolean {
  if (isAccepted(a) !== isAccepted(b)) return isAccepted(a);
  const difference = a.quality.score - b.quality.score;
  return difference > 0 || (difference === 0 && a.ordinal < b.ordinal);
}

function addTo(sum: Float64Array, vector: Float32Array, weight: number): void {
  for (const [index, value] of vector.entries()) sum[index] = (sum[index] ?? 0) + weight * value;
}

function normalised(sum: Float64Array): Float32Array {
  const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
  return Float32Array.from(sum, (value) => (norm > 0 ? value / norm : 0));
}
