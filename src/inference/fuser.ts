import type { FaceBranches, Fuser, Fusion } from '../domain/face-models.ts';
import type { Submitter } from './engine.ts';
import type { EntryOf } from './manifest-schema.ts';
import { qualityVector } from './quality-vector.ts';

/** The learned gate of a manifest, behind the engine. */
export class ModelFuser implements Fuser {
  readonly #engine: Submitter;
  readonly #entry: EntryOf<'fuse'>;

  constructor(engine: Submitter, entry: EntryOf<'fuse'>) {
    this.#engine = engine;
    this.#entry = entry;
  }

  async fuse(face: FaceBranches): Promise<Fusion> {
    const { input, output } = this.#entry;
    const { raw, enhanced } = face;
    // Without an enhanced embedding only the weight is left to ask the model for.
    if (enhanced === null && output.weight === undefined) return rawAlone(raw.vector, null);
    const other = enhanced ?? raw;
    if (raw.vector.length !== other.vector.length) {
      throw new RangeError(
        `Cannot fuse embeddings of ${raw.vector.length} and ${other.vector.length} numbers`,
      );
    }
    const quality = qualityVector(input.quality ?? [], face);
    const pair = new Float32Array(raw.vector.length * 2 + quality.length);
    pair.set(raw.vector);
    pair.set(other.vector, raw.vector.length);
    pair.set(quality, raw.vector.length * 2);
    const fusion = await this.#engine.submit('fuse', { pair });
    return enhanced === null ? rawAlone(raw.vector, fusion.weight) : fusion;
  }
}

function rawAlone(fused: Float32Array, weight: number | null): Fusion {
  return { fused, gate: 1, weight };
}

/**
 * A gate that does not learn: 1 gives the raw embedding back (a manifest without a fuse
 * model), 0 the enhanced one, 0.5 the plain mean (the ablations).
 */
export class FixedFuser implements Fuser {
  readonly #gate: number;
  readonly #weigher: Fuser | undefined;

  /**
   * @param gate weight of the raw embedding, 0..1
   * @param weigher gives the weights for tracks, which an ablation of the gate leaves as they are
   */
  constructor(gate: number, weigher?: Fuser) {
    this.#gate = gate;
    this.#weigher = weigher;
  }

  async fuse(face: FaceBranches): Promise<Fusion> {
    const { raw, enhanced } = face;
    const weight = (await this.#weigher?.fuse(face))?.weight ?? null;
    if (enhanced === null) return rawAlone(raw.vector, weight);
    const gate = this.#gate;
    const sum = raw.vector.map(
      (value, i) => gate * value + (1 - gate) * (enhanced.vector[i] as number),
    );
    const norm = Math.hypot(...sum);
    const fused = norm > 0 ? sum.map((value) => value / norm) : sum;
    return { fused, gate, weight };
  }
}
