import type { Picture } from '../frame/picture.ts';
import type { DetectedFace, Detector } from '../operators/detect.ts';
import type { Engine } from './engine.ts';
import { unpackLandmarks } from './landmark-pack.ts';
import type { EntryOf, PictureInput } from './manifest-schema.ts';
import { PixelPool } from './pixel-pool.ts';
import { facePitch } from './protocol.ts';
import { handOver } from './transfer.ts';

export interface DetectorOptions {
  /** Longest side of the model input where the model takes any size, pixels; default 640. */
  readonly inputWidth?: number;
  /** Small pictures are enlarged at most this much; default 2. */
  readonly maxUpscale?: number;
  /** 0..1; default from the manifest, else 0.6. */
  readonly scoreThreshold?: number;
  /** Overlap from which two finds are one face, 0..1; default from the manifest, else 0.3. */
  readonly nmsThreshold?: number;
  /** Best faces kept a picture; default 100. */
  readonly maxFaces?: number;
}

/** Sizes of the scaled picture and of the model input that holds it, pixels. */
export interface InputFit {
  readonly width: number;
  readonly height: number;
  readonly inputWidth: number;
  readonly inputHeight: number;
}

/** Model inputs of free size are multiples of this. */
const inputStep = 32;

/** How a picture is scaled into the model's input, its proportions kept. */
export function fitInput(
  picture: { width: number; height: number },
  input: Pick<PictureInput, 'width' | 'height'>,
  options: { inputWidth: number; maxUpscale: number },
): InputFit {
  const scale =
    input.width === null || input.height === null
      ? Math.min(options.inputWidth / Math.max(picture.width, picture.height), options.maxUpscale)
      : Math.min(input.width / picture.width, input.height / picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  return {
    width,
    height,
    inputWidth: input.width ?? Math.ceil(width / inputStep) * inputStep,
    inputHeight: input.height ?? Math.ceil(height / inputStep) * inputStep,
  };
}

/** The face detector of a manifest, behind the engine. */
export class ModelDetector implements Detector {
  readonly #engine: Engine;
  readonly #input: PictureInput;
  readonly #pool = new PixelPool();
  readonly #options: Required<DetectorOptions>;

  constructor(engine: Engine, entry: EntryOf<'detect'>, options: DetectorOptions) {
    this.#engine = engine;
    this.#input = entry.input;
    this.#options = {
      inputWidth: options.inputWidth ?? 640,
      maxUpscale: options.maxUpscale ?? 2,
      scoreThreshold: options.scoreThreshold ?? entry.scoreThreshold ?? 0.6,
      nmsThreshold: options.nmsThreshold ?? entry.nmsThreshold ?? 0.3,
      maxFaces: options.maxFaces ?? 100,
    };
  }

  async detect(picture: Picture): Promise<readonly DetectedFace[]> {
    const fit = fitInput(picture, this.#input, this.#options);
    const { width, height, inputWidth, inputHeight } = fit;
    const { scoreThreshold, nmsThreshold, maxFaces } = this.#options;
    const memory = this.#pool.take(width * height * 3);
    const image = await picture.rgb({ width, height, into: memory });
    const { faces } = await this.#engine.submit(
      'detect',
      {
        pixels: { width, height, data: handOver(image.data, true) },
        inputWidth,
        inputHeight,
        scoreThreshold,
        nmsThreshold,
        maxFaces,
      },
      `${inputWidth}x${inputHeight}`,
    );
    // Not after a failure: the worker may read it yet.
    this.#pool.giveBack(memory);
    return toFaces(faces, picture.width / width, picture.height / height);
  }
}

function toFaces(numbers: Float32Array, kx: number, ky: number): DetectedFace[] {
  const found: DetectedFace[] = [];
  for (let at = 0; at < numbers.length; at += facePitch) {
    const [x, y, width, height, score] = numbers.subarray(at, at + 5) as unknown as number[];
    const scaled = Array.from(numbers.subarray(at + 5, at + facePitch), (value, i) =>
      i % 2 === 0 ? value * kx : value * ky,
    );
    found.push({
      box: {
        x: (x as number) * kx,
        y: (y as number) * ky,
        width: (width as number) * kx,
        height: (height as number) * ky,
      },
      landmarks: unpackLandmarks(scaled),
      score: score as number,
    });
  }
  return found;
}
