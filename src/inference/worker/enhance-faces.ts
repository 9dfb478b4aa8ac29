import { alignRegion, cropTemplate } from '../../domain/geometry/align.ts';
import { unpackLandmarks } from '../landmark-pack.ts';
import type { EntryOf, PictureInput } from '../manifest-schema.ts';
import type { EnhanceItem, EnhanceResult, Pixels } from '../protocol.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession, Values } from './model-session.ts';
import { PictureTensor, toPixels } from './picture-tensor.ts';

/** Region, denoiser, super-resolver, template crop; faces of one region size and denoiser a batch. */
export class FaceEnhancement {
  readonly #stages: readonly ModelSession[];
  readonly #variants: ReadonlyMap<string, readonly ModelSession[]>;
  readonly #tensor: PictureTensor;

  /**
   * @param stages denoiser, then super-resolver; either may be left out for an ablation
   * @param variants the same with the denoiser of a camera, by its name; it takes what the usual one takes
   */
  constructor(
    stages: readonly ModelSession[],
    variants: ReadonlyMap<string, readonly ModelSession[]> = new Map(),
  ) {
    this.#stages = stages;
    this.#variants = variants;
    this.#tensor = new PictureTensor(pictureEntry(stages[0] as ModelSession).input);
  }

  run(items: readonly EnhanceItem[]): Promise<EnhanceResult[]> {
    const stages = this.#stagesOf(items[0]?.denoiser);
    const fixed = stages.find((stage) => stage.fixedBatch !== undefined)?.fixedBatch;
    return inBatches(items, fixed, (part) => this.#runPart(part, stages));
  }

  #stagesOf(denoiser: string | undefined): readonly ModelSession[] {
    if (denoiser === undefined) return this.#stages;
    const stages = this.#variants.get(denoiser);
    if (stages === undefined) throw new RangeError(`Cannot denoise: ${denoiser} is not loaded`);
    return stages;
  }

  async #runPart(
    items: readonly EnhanceItem[],
    stages: readonly ModelSession[],
  ): Promise<EnhanceResult[]> {
    const { side } = items[0] as EnhanceItem;
    const regions: Pixels[] = items.map(({ pixels, landmarks }) =>
      alignRegion(pixels, unpackLandmarks(landmarks), side),
    );
    let values = this.#tensor.fill(regions, side, side);
    let from: PictureInput | undefined;
    for (const stage of stages) {
      const { input, output: shape } = pictureEntry(stage);
      if (from !== undefined) renormalise(values, from, input);
      const outputs = await stage.run({ [input.name]: values }, items.length);
      const name = shape.name ?? stage.outputNames[0];
      const output = outputs.get(name as string);
      if (output === undefined || output.dims.length !== 4 || output.dims[1] !== 3) {
        throw new RangeError(`Cannot read pictures: output ${name} is not Nx3xHxW`);
      }
      values = output;
      from = input;
    }
    return items.map((_, n) => ({
      pixels: cropTemplate(toPixels(values, n, from as PictureInput)),
    }));
  }
}

function pictureEntry(stage: ModelSession): EntryOf<'denoise' | 'superresolve'> {
  return stage.entry as EntryOf<'denoise' | 'superresolve'>;
}

/** From the value range of one model to that of the next, in place, clipped to what a picture can hold. */
function renormalise(values: Values, from: PictureInput, to: PictureInput): void {
  const plane = (values.dims[2] as number) * (values.dims[3] as number);
  for (let i = 0, start = 0; start < values.data.length; i += 1, start += plane) {
    const channel = i % 3;
    const scale = from.scale[channel] as number;
    const mean = from.mean[channel] as number;
    const nextMean = to.mean[channel] as number;
    const nextScale = to.scale[channel] as number;
    for (let at = start; at < start + plane; at += 1) {
      const pixel = (values.data[at] as number) * scale + mean;
      values.data[at] = ((pixel < 0 ? 0 : pixel > 255 ? 255 : pixel) - nextMean) / nextScale;
    }
  }
}
