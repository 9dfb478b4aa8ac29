import type { DetectedFace, Detector } from '../domain/detection.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { Picture } from '../domain/frame/picture.ts';
import { type Box, clipBox, expandBox, intersectionOverUnion } from '../domain/geometry/box.ts';
import { interEyeDistance, mapLandmarks, type Point } from '../domain/geometry/landmarks.ts';
import { mergeFinds, type PartFinds } from '../domain/merge-finds.ts';
import type { Submitter } from './engine.ts';
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
/** Side of the model's input for a part that is looked at closer, pixels. */
const partInput = 320;
/** A face of this side in the model's input is as clear as in a part, pixels. */
const clearSide = 24;
/** Second looks a picture at most: each costs about a millisecond. */
const maxSecondLooks = 4;

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
  readonly #engine: Submitter;
  readonly #input: PictureInput;
  readonly #secondLook: EntryOf<'detect'>['secondLook'];
  readonly #pool = new PixelPool();
  readonly #options: Required<DetectorOptions>;

  constructor(engine: Submitter, entry: EntryOf<'detect'>, options: DetectorOptions) {
    this.#engine = engine;
    this.#input = entry.input;
    this.#secondLook = entry.secondLook;
    this.#options = {
      inputWidth: options.inputWidth ?? 640,
      maxUpscale: options.maxUpscale ?? 2,
      scoreThreshold: options.scoreThreshold ?? entry.scoreThreshold ?? 0.6,
      nmsThreshold: options.nmsThreshold ?? entry.nmsThreshold ?? 0.3,
      maxFaces: options.maxFaces ?? 100,
    };
  }

  async detect(picture: Picture, closer: readonly Box[] = []): Promise<readonly DetectedFace[]> {
    const [whole, ...parts] = await Promise.all([
      this.#detectWhole(picture),
      ...closer.map((part) => this.#lookCloser(picture, part)),
    ]);
    const scale = this.#options.inputWidth / Math.max(picture.width, picture.height);
    return mergeFinds(picture, whole, parts, clearSide / scale);
  }

  /** Nothing where there is no time for it: the look at the whole picture stands. */
  async #lookCloser(picture: Picture, part: Box): Promise<PartFinds> {
    const fit = fitInput(part, this.#input, { inputWidth: partInput, maxUpscale: 1 });
    try {
      return { part, faces: await this.#detectIn(picture, part, fit) };
    } catch (error) {
      if (!isNightglassError(error, 'INFERENCE_OVERLOADED', 'INFERENCE_TIMEOUT')) throw error;
      return { part, faces: [] };
    }
  }

  async #detectWhole(picture: Picture): Promise<readonly DetectedFace[]> {
    const { inputWidth, maxUpscale } = this.#options;
    const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
    const fit = fitInput(picture, this.#input, { inputWidth, maxUpscale });
    const found = await this.#detectIn(picture, whole, fit);
    // A model of fixed size has one look at a picture.
    return this.#hasFixedSize()
      ? found
      : this.#lookAgain(picture, found, fit.width / picture.width);
  }

  #hasFixedSize(): boolean {
    return this.#input.width !== null || this.#input.height !== null;
  }

  /**
   * Landmarks of faces that fill the model's field of view may be poor: such a face is
   * looked at again, brought down to a size that the model sees better.
   */
  async #lookAgain(
    picture: Picture,
    faces: readonly DetectedFace[],
    scale: number,
  ): Promise<readonly DetectedFace[]> {
    const look = this.#secondLook;
    if (look === undefined) return faces;
    const large = faces
      .filter(({ landmarks }) => interEyeDistance(landmarks) * scale > look.above)
      .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
      .slice(0, maxSecondLooks);
    const better = new Map<DetectedFace, DetectedFace>();
    await Promise.all(
      large.map(async (face) => {
        const crop = clipBox(expandBox(face.box, 2), picture);
        if (crop.width < 1 || crop.height < 1) return;
        const shrink = look.at / interEyeDistance(face.landmarks);
        const fit = fitInput(crop, this.#input, {
          inputWidth: Math.max(inputStep, Math.max(crop.width, crop.height) * shrink),
          maxUpscale: 1,
        });
        const [again] = (await this.#detectIn(picture, crop, fit))
          .filter(({ box }) => intersectionOverUnion(box, face.box) > 0.4)
          .sort((a, b) => b.score - a.score);
        if (again !== undefined) {
          better.set(face, { ...again, score: Math.max(again.score, face.score) });
        }
      }),
    );
    return faces.map((face) => better.get(face) ?? face);
  }

  /** Faces in a part of the picture, in the picture's pixels. */
  async #detectIn(picture: Picture, crop: Box, fit: InputFit): Promise<DetectedFace[]> {
    const { width, height, inputWidth, inputHeight } = fit;
    const { scoreThreshold, nmsThreshold, maxFaces } = this.#options;
    const whole = crop.width === picture.width && crop.height === picture.height;
    // Second looks come in all sizes: their memory is not worth keeping.
    const memory = whole ? this.#pool.take(width * height * 3) : undefined;
    const image = await picture.rgb({
      width,
      height,
      ...(memory === undefined ? { crop } : { into: memory }),
    });
    const { faces } = await this.#engine.submit(
      'detect',
      {
        pixels: { width, height, data: handOver(image.data, true) },
        inputWidth,
        inputHeight,
        scoreThreshold,
        nmsThreshold,
        maxFaces,
        coarse: whole && !this.#hasFixedSize(),
      },
      `${inputWidth}x${inputHeight}`,
    );
    // Not after a failure: the worker may read it yet.
    if (memory !== undefined) this.#pool.giveBack(memory);
    return toFaces(faces, crop, { x: crop.width / width, y: crop.height / height });
  }
}

function toFaces(numbers: Float32Array, origin: Point, scale: Point): DetectedFace[] {
  const found: DetectedFace[] = [];
  for (let at = 0; at < numbers.length; at += facePitch) {
    const [x, y, width, height, score] = numbers.subarray(at, at + 5) as unknown as number[];
    const landmarks = unpackLandmarks(numbers, at + 5);
    found.push({
      box: {
        x: origin.x + (x as number) * scale.x,
        y: origin.y + (y as number) * scale.y,
        width: (width as number) * scale.x,
        height: (height as number) * scale.y,
      },
      landmarks: mapLandmarks(landmarks, (point) => ({
        x: origin.x + point.x * scale.x,
        y: origin.y + point.y * scale.y,
      })),
      score: score as number,
    });
  }
  return found;
}
