import type { Fuser } from '../domain/face-models.ts';
import type { Engine } from './engine.ts';

/** The learned gate of a manifest, behind the engine. */
export class ModelFuser implements Fuser {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async fuse(raw: Float32Array, enhanced: Float32Array) {
    if (raw.length !== enhanced.length) {
      throw new RangeError(
        `Cannot fuse embeddings of ${raw.length} and ${enhanced.length} numbers`,
      );
    }
    const pair = new Float32Array(raw.length * 2);
    pair.set(raw);
    pair.set(enhanced, raw.length);
    return this.#engine.submit('fuse', { pair });
  }
}

/**
 * A gate that does not learn: 1 gives the raw embedding back (a manifest without a
 * fuse model), 0.5 the plain mean (the ablation).
 */
export class FixedFuser implements Fuser {
  readonly #gate: number;

  /** @param gate weight of the raw embedding, 0..1 */
  constructor(gate: number) {
    this.#gate = gate;
  }

  fuse(raw: Float32Array, enhanced: Float32Array) {
    const gate = this.#gate;
    const sum = raw.map((value, i) => gate * value + (1 - gate) * (enhanced[i] as number));
    const norm = Math.hypot(...sum);
    return Promise.resolve({ fused: norm > 0 ? sum.map((value) => value / norm) : sum, gate });
  }
}
