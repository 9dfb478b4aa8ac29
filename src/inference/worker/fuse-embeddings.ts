import type { EntryOf } from '../manifest-schema.ts';
import type { FuseItem, FuseResult } from '../protocol.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession } from './model-session.ts';

/** The learned gate over pairs of embeddings, in batches. */
export class EmbeddingFusion {
  readonly #session: ModelSession;

  constructor(session: ModelSession) {
    this.#session = session;
  }

  run(items: readonly FuseItem[]): Promise<FuseResult[]> {
    return inBatches(items, this.#session.fixedBatch, (part) => this.#runPart(part));
  }

  async #runPart(items: readonly FuseItem[]): Promise<FuseResult[]> {
    const { input, output } = this.#session.entry as EntryOf<'fuse'>;
    const { dimension } = input;
    const [rawName, enhancedName, qualityName] = input.names;
    const length = input.quality?.length ?? 0;
    const raw = new Float32Array(items.length * dimension);
    const enhanced = new Float32Array(items.length * dimension);
    const quality = new Float32Array(items.length * length);
    for (const [i, { pair }] of items.entries()) {
      if (pair.length !== 2 * dimension + length) {
        throw new RangeError(
          `Cannot fuse ${pair.length} numbers: ${2 * dimension + length} are expected`,
        );
      }
      raw.set(pair.subarray(0, dimension), i * dimension);
      enhanced.set(pair.subarray(dimension, 2 * dimension), i * dimension);
      quality.set(pair.subarray(2 * dimension), i * length);
    }
    const dims = [items.length, dimension];
    const outputs = await this.#session.run(
      {
        [rawName]: { data: raw, dims },
        [enhancedName]: { data: enhanced, dims },
        ...(qualityName && { [qualityName]: { data: quality, dims: [items.length, length] } }),
      },
      items.length,
    );
    const fused = outputs.get(output.name);
    const gate = outputs.get(output.gate);
    if (fused?.data.length !== raw.length || gate?.data.length !== items.length) {
      throw new RangeError(
        `Cannot fuse: outputs ${output.name}, ${output.gate} are not Nx${dimension}, Nx1`,
      );
    }
    const weight = output.weight === undefined ? null : outputs.get(output.weight);
    if (weight !== null && weight?.data.length !== items.length) {
      throw new RangeError(`Cannot fuse: the output ${output.weight} is not Nx1`);
    }
    return items.map((_, i) => ({
      fused: unit(fused.data.slice(i * dimension, (i + 1) * dimension)),
      gate: Math.min(1, Math.max(0, gate.data[i] as number)),
      weight: weight === null ? null : Math.max(0, weight.data[i] as number),
    }));
  }
}

function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return norm > 0 ? vector.map((value) => value / norm) : vector;
}
