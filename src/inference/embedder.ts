import { createHash } from 'node:crypto';
import type { Embedder, Embedding } from '../domain/face-models.ts';
import type { FaceImage } from '../domain/frame/face-image.ts';
import { templateSide } from '../domain/geometry/align.ts';
import type { RgbImage } from '../domain/image/image.ts';
import { cropForWorker } from './crop-for-worker.ts';
import type { Submitter } from './engine.ts';
import { type EntryOf, type ModelEntry, precisions } from './manifest-schema.ts';
import { handOver } from './transfer.ts';

/** The recogniser of a manifest, behind the engine. */
export class ModelEmbedder implements Embedder {
  readonly model: string;
  /** Length of an embedding. */
  readonly dimension: number;
  readonly rejectBelow: number | undefined;
  readonly #engine: Submitter;
  /** Work that one expert does may share a batch. */
  readonly #bucket: string;

  /** @param others what the manifest has beside the recogniser of recorded faces */
  constructor(
    engine: Submitter,
    entry: EntryOf<'embed'>,
    others: {
      readonly enhanced: EntryOf<'embed-enhanced'> | undefined;
      readonly quality: EntryOf<'quality'> | undefined;
      readonly fuse: EntryOf<'fuse'> | undefined;
    },
  ) {
    this.#engine = engine;
    this.#bucket = others.enhanced === undefined ? 'raw' : 'enhanced';
    this.rejectBelow = others.quality?.rejectBelow;
    this.model = embeddingSpace({ embed: entry, ...others });
    this.dimension = entry.output.dimension;
  }

  async embed(face: FaceImage): Promise<Embedding> {
    return this.#engine.submit('embed', { branch: 'raw', ...cropForWorker(face) }, 'raw');
  }

  async embedEnhanced(image: RgbImage): Promise<Embedding> {
    const { width, height, data } = image;
    if (width !== templateSide || height !== templateSide) {
      throw new RangeError(
        `Cannot embed an enhanced face of ${width}x${height}: 112x112 is expected`,
      );
    }
    const pixels = { width, height, data: handOver(data, false) };
    return this.#engine.submit(
      'embed',
      { branch: 'enhanced', pixels, landmarks: null },
      this.#bucket,
    );
  }
}

/** The models that a template depends on. */
export interface EmbeddingModels {
  readonly embed: EntryOf<'embed'>;
  readonly enhanced?: EntryOf<'embed-enhanced'> | undefined;
  readonly fuse?: EntryOf<'fuse'> | undefined;
}

/**
 * Name of the space that a manifest's templates lie in, `name@version:hash`. It changes
 * with the weights of recogniser, expert and gate, so that templates of other weights never
 * compare, and not with the precision they run in.
 */
export function embeddingSpace({ embed, enhanced, fuse }: EmbeddingModels): string {
  const hash = createHash('sha256');
  for (const entry of [embed, enhanced, fuse]) hash.update(entry ? weightsOf(entry) : '-');
  return `${embed.name}@${embed.version}:${hash.digest('hex').slice(0, 8)}`;
}

function weightsOf({ variants }: ModelEntry): string {
  const [first] = variants.toSorted(
    (a, b) => precisions.indexOf(a.precision) - precisions.indexOf(b.precision),
  );
  return first?.sha256 ?? '';
}
