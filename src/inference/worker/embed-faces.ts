import { interEyeDistance } from '../../domain/geometry/landmarks.ts';
import { alignFor, alignmentSize } from '../alignments.ts';
import { unpackLandmarks } from '../landmark-pack.ts';
import type { EntryOf } from '../manifest-schema.ts';
import type { EmbedItem, EmbedResult } from '../protocol.ts';
import { recognisabilityFromDistance } from '../recognisability.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession } from './model-session.ts';
import { PictureTensor } from './picture-tensor.ts';

/** Alignment, embedding and recognisability of faces in batches. */
export class FaceEmbedding {
  readonly #session: ModelSession;
  readonly #quality: ModelSession | undefined;
  readonly #entry: EntryOf<'embed'>;
  readonly #tensor: PictureTensor;
  readonly #dimension: number;

  constructor(session: ModelSession, quality: ModelSession | undefined) {
    this.#session = session;
    this.#quality = quality;
    this.#entry = session.entry as EntryOf<'embed'>;
    this.#tensor = new PictureTensor(this.#entry.input);
    this.#dimension = this.#entry.output.dimension;
  }

  async run(items: readonly EmbedItem[]): Promise<EmbedResult[]> {
    const vectors = await inBatches(items, this.#session.fixedBatch, (part) => this.#embed(part));
    const scores = await this.#recognisability(items, vectors);
    return vectors.map((vector, i) => ({
      vector: normalise(vector),
      recognisability: scores[i] as number,
    }));
  }

  async #embed(items: readonly EmbedItem[]): Promise<Float32Array[]> {
    const { input } = this.#entry;
    const align = input.align ?? 'arcface-112';
    const faces = items.map(({ pixels, landmarks }) =>
      alignFor(align, pixels, landmarks === null ? null : unpackLandmarks(landmarks)),
    );
    const { width, height } = alignmentSize(align);
    const values = this.#tensor.fill(faces, width, height);
    const outputs = await this.#session.run({ [input.name]: values }, items.length);
    const name = this.#entry.output.name ?? this.#session.outputNames[0];
    const output = outputs.get(name as string);
    if (output === undefined || output.data.length !== items.length * this.#dimension) {
      throw new RangeError(`Cannot read embeddings: output ${name} is not Nx${this.#dimension}`);
    }
    return items.map((_, i) => output.data.slice(i * this.#dimension, (i + 1) * this.#dimension));
  }

  async #recognisability(
    items: readonly EmbedItem[],
    vectors: readonly Float32Array[],
  ): Promise<number[]> {
    const quality = this.#quality;
    if (quality === undefined) {
      return items.map(({ landmarks }) =>
        recognisabilityFromDistance(
          landmarks === null ? null : interEyeDistance(unpackLandmarks(landmarks)),
        ),
      );
    }
    const { input, output } = quality.entry as EntryOf<'quality'>;
    return inBatches(vectors, quality.fixedBatch, async (part) => {
      const data = new Float32Array(part.length * this.#dimension);
      for (const [i, vector] of part.entries()) data.set(vector, i * this.#dimension);
      const outputs = await quality.run(
        { [input.name]: { data, dims: [part.length, this.#dimension] } },
        part.length,
      );
      const name = output.name ?? quality.outputNames[0];
      const scores = outputs.get(name as string);
      return part.map((_, i) => Math.min(1, Math.max(0, scores?.data[i] ?? 0)));
    });
  }
}

function normalise(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const norm = Math.sqrt(sum);
  // A vector of zeros has no direction: it stays as it is and matches nobody.
  if (norm > 0) for (let i = 0; i < vector.length; i += 1) vector[i] = (vector[i] as number) / norm;
  return vector;
}
