import { composeAffine, similarity, templateSide, warp } from '../../domain/geometry/align.ts';
import { isPlausible, withoutOffset } from '../../domain/geometry/aligned-offset.ts';
import type { Landmarks } from '../../domain/geometry/landmarks.ts';
import { alignedTemplate112 } from '../../domain/geometry/landmarks.ts';
import { packLandmarks, unpackLandmarks } from '../landmark-pack.ts';
import type { EntryOf } from '../manifest-schema.ts';
import type { AlignItem, AlignResult, Pixels } from '../protocol.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession } from './model-session.ts';
import { PictureTensor } from './picture-tensor.ts';

/** Looks at each face in the crop that its landmarks give and moves them, as often as the model asks for. */
export class FaceAlignment {
  readonly #session: ModelSession;
  readonly #tensor: PictureTensor;

  constructor(session: ModelSession) {
    this.#session = session;
    this.#tensor = new PictureTensor(this.#entry.input);
  }

  get #entry(): EntryOf<'align'> {
    return this.#session.entry as EntryOf<'align'>;
  }

  run(items: readonly AlignItem[]): Promise<AlignResult[]> {
    return inBatches(items, this.#session.fixedBatch, (part) => this.#runPart(part));
  }

  async #runPart(items: readonly AlignItem[]): Promise<AlignResult[]> {
    let faces: readonly Landmarks[] = items.map(({ landmarks }) => unpackLandmarks(landmarks));
    for (let pass = 0; pass < this.#entry.output.passes; pass += 1) {
      faces = await this.#look(items, faces);
    }
    return faces.map((landmarks) => ({ landmarks: Float32Array.from(packLandmarks(landmarks)) }));
  }

  async #look(
    items: readonly AlignItem[],
    faces: readonly Landmarks[],
  ): Promise<readonly Landmarks[]> {
    const { input, output } = this.#entry;
    const side = input.width;
    const k = side / templateSide;
    const crops: Pixels[] = items.map(({ pixels }, i) => {
      const fit = similarity(faces[i] as Landmarks, alignedTemplate112);
      // Edges of template and crop coincide.
      const toCrop = composeAffine([k, 0, 0.5 * k - 0.5, 0, k, 0.5 * k - 0.5], fit);
      return warp(pixels, toCrop, { width: side, height: side, cubic: false });
    });
    const outputs = await this.#session.run(
      { [input.name]: this.#tensor.fill(crops, side, side) },
      items.length,
    );
    const name = output.name ?? this.#session.outputNames[0];
    const offsets = outputs.get(name as string);
    if (offsets?.data.length !== items.length * 4) {
      throw new RangeError(`Cannot align: the output ${name} is not Nx4`);
    }
    return faces.map((landmarks, i) => {
      const [a, b, x, y] = offsets.data.subarray(i * 4, i * 4 + 4);
      const offset = [a as number, b as number, x as number, y as number] as const;
      return isPlausible(offset) ? withoutOffset(landmarks, offset) : landmarks;
    });
  }
}
