import { alignTemplate } from '../../domain/geometry/align.ts';
import { interEyeDistance } from '../../domain/geometry/landmarks.ts';
import { alignmentSize, windowFor } from '../alignments.ts';
import { unpackLandmarks } from '../landmark-pack.ts';
import type { EntryOf } from '../manifest-schema.ts';
import type { EmbedItem, EmbedResult, Pixels } from '../protocol.ts';
import { recognisabilityFromDistance } from '../recognisability.ts';
import { cropStatistics } from './crop-statistics.ts';
import { FaceOcclusion } from './find-occlusion.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession } from './model-session.ts';
import { PictureTensor } from './picture-tensor.ts';

/** Alignment, embedding and recognisability of faces in batches, by the expert of their branch. */
export class FaceEmbedding {
  readonly #raw: FaceExpert;
  readonly #enhanced: FaceExpert;
  readonly #quality: ModelSession | undefined;
  readonly #occlusion: FaceOcclusion | undefined;

  /** @param sessions `enhanced` left out: the raw branch's expert sees enhanced pictures as well */
  constructor(sessions: {
    readonly raw: ModelSession;
    readonly enhanced: ModelSession | undefined;
    readonly quality: ModelSession | undefined;
    readonly occlusion: ModelSession | undefined;
  }) {
    this.#raw = new FaceExpert(sessions.raw);
    this.#enhanced =
      sessions.enhanced === undefined ? this.#raw : new FaceExpert(sessions.enhanced);
    this.#quality = sessions.quality;
    this.#occlusion = sessions.occlusion && new FaceOcclusion(sessions.occlusion);
  }

  async run(items: readonly EmbedItem[]): Promise<EmbedResult[]> {
    // A batch is of one bucket, thus of one expert.
    const expert = items[0]?.branch === 'enhanced' ? this.#enhanced : this.#raw;
    const embedded = await expert.embed(items);
    const scores = await this.#recognisability(
      items,
      embedded.map(({ vector }) => vector),
    );
    if (items[0]?.branch !== 'raw') {
      return embedded.map(({ vector }, i) => ({
        vector: normalise(vector),
        recognisability: scores[i] as number,
      }));
    }
    const covered = await this.#occlusion?.find(embedded.map(({ crop }) => crop));
    return embedded.map(({ vector, crop }, i) => {
      const occlusion = covered?.[i];
      return {
        vector: normalise(vector),
        recognisability: scores[i] as number,
        crop: cropStatistics(crop),
        ...(occlusion && { occlusion }),
      };
    });
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
      const data = new Float32Array(part.length * input.dimension);
      for (const [i, vector] of part.entries()) data.set(vector, i * input.dimension);
      const outputs = await quality.run(
        { [input.name]: { data, dims: [part.length, input.dimension] } },
        part.length,
      );
      const name = output.name ?? quality.outputNames[0];
      const scores = outputs.get(name as string);
      return part.map((_, i) => Math.min(1, Math.max(0, scores?.data[i] ?? 0)));
    });
  }
}

/** One recogniser: its alignment, its input and its session. */
class FaceExpert {
  readonly #session: ModelSession;
  readonly #entry: EntryOf<'embed' | 'embed-enhanced'>;
  readonly #tensor: PictureTensor;

  constructor(session: ModelSession) {
    this.#session = session;
    this.#entry = session.entry as EntryOf<'embed' | 'embed-enhanced'>;
    this.#tensor = new PictureTensor(this.#entry.input);
  }

  /** @returns vectors as the model gives them, and the 112x112 crops that they were made from */
  embed(items: readonly EmbedItem[]): Promise<{ vector: Float32Array; crop: Pixels }[]> {
    return inBatches(items, this.#session.fixedBatch, (part) => this.#embedPart(part));
  }

  async #embedPart(items: readonly EmbedItem[]) {
    const { input, output } = this.#entry;
    const align = input.align ?? 'arcface-112';
    const crops = items.map(({ pixels, landmarks }) =>
      landmarks === null ? pixels : alignTemplate(pixels, unpackLandmarks(landmarks)),
    );
    const { width, height } = alignmentSize(align);
    const faces = crops.map((crop) => windowFor(align, crop));
    const values = this.#tensor.fill(faces, width, height);
    const outputs = await this.#session.run({ [input.name]: values }, items.length);
    const name = output.name ?? this.#session.outputNames[0];
    const found = outputs.get(name as string);
    const { dimension } = output;
    if (found === undefined || found.data.length !== items.length * dimension) {
      throw new RangeError(`Cannot read embeddings: output ${name} is not Nx${dimension}`);
    }
    return crops.map((crop, i) => ({
      vector: found.data.slice(i * dimension, (i + 1) * dimension),
      crop,
    }));
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
