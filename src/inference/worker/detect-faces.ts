import type { DetectorAdapter } from '../adapters/detector-adapter.ts';
import { detectorAdapters } from '../adapters/detector-adapters.ts';
import { suppressDoubles } from '../adapters/suppress-doubles.ts';
import type { EntryOf, PictureInput } from '../manifest-schema.ts';
import { type DetectItem, type DetectResult, facePitch } from '../protocol.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession } from './model-session.ts';
import { PictureTensor } from './picture-tensor.ts';

/** Detection in batches of pictures of one input size. */
export class FaceDetection {
  readonly #session: ModelSession;
  readonly #input: PictureInput;
  readonly #tensor: PictureTensor;
  readonly #decode: DetectorAdapter;

  constructor(session: ModelSession) {
    const { input, output } = session.entry as EntryOf<'detect'>;
    this.#session = session;
    this.#input = input;
    this.#tensor = new PictureTensor(this.#input);
    this.#decode = detectorAdapters[output.decode];
  }

  run(items: readonly DetectItem[]): Promise<DetectResult[]> {
    return inBatches(items, this.#session.fixedBatch, (part) => this.#runPart(part));
  }

  async #runPart(items: readonly DetectItem[]): Promise<DetectResult[]> {
    const { inputWidth: width, inputHeight: height } = items[0] as DetectItem;
    const values = this.#tensor.fill(
      items.map((item) => item.pixels),
      width,
      height,
    );
    const outputs = await this.#session.run({ [this.#input.name]: values }, items.length);
    return items.map((item, index) => {
      const candidates = this.#decode({
        outputs,
        index,
        batch: items.length,
        width,
        height,
        scoreThreshold: item.scoreThreshold,
      });
      const kept = suppressDoubles(candidates, item.nmsThreshold, item.maxFaces);
      const faces = new Float32Array(kept.length * facePitch);
      for (const [n, face] of kept.entries()) {
        faces.set(
          [face.x, face.y, face.width, face.height, face.score, ...face.points],
          n * facePitch,
        );
      }
      return { faces };
    });
  }
}
