import type { Occlusion } from '../../domain/quality/occlusion.ts';
import type { EntryOf } from '../manifest-schema.ts';
import type { Pixels } from '../protocol.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession } from './model-session.ts';
import { PictureTensor } from './picture-tensor.ts';

/** Numbers a face, those of {@link Occlusion} in its order. */
const outputs = 5;

/** What covers faces, from the crops that the recogniser sees: no picture is cut or moved for it. */
export class FaceOcclusion {
  readonly #session: ModelSession;
  readonly #entry: EntryOf<'occlusion'>;
  readonly #tensor: PictureTensor;

  constructor(session: ModelSession) {
    this.#session = session;
    this.#entry = session.entry as EntryOf<'occlusion'>;
    this.#tensor = new PictureTensor(this.#entry.input);
  }

  /** @param crops 112x112, aligned to the template */
  find(crops: readonly Pixels[]): Promise<Occlusion[]> {
    return inBatches(crops, this.#session.fixedBatch, (part) => this.#findPart(part));
  }

  async #findPart(crops: readonly Pixels[]): Promise<Occlusion[]> {
    const { input, output } = this.#entry;
    const values = this.#tensor.fill(crops, input.width, input.height);
    const found = await this.#session.run({ [input.name]: values }, crops.length);
    const name = output.name ?? this.#session.outputNames[0];
    const said = found.get(name as string);
    if (said?.data.length !== crops.length * outputs) {
      throw new RangeError(`Cannot read occlusion: the output ${name} is not Nx${outputs}`);
    }
    return crops.map((_, i) => {
      const [upper, lower, mask, darkGlasses, headwear] = said.data
        .subarray(i * outputs, (i + 1) * outputs)
        .map((value) => Math.min(1, Math.max(0, value)));
      return { upper, lower, mask, darkGlasses, headwear } as Occlusion;
    });
  }
}
