import type { Candidate, DetectorAdapter } from '../adapters/detector-adapter.ts';
import { detectorAdapters } from '../adapters/detector-adapters.ts';
import { suppressDoubles } from '../adapters/suppress-doubles.ts';
import type { EntryOf, PictureInput } from '../manifest-schema.ts';
import { type DetectItem, type DetectResult, facePitch } from '../protocol.ts';
import { inBatches } from './in-batches.ts';
import type { ModelSession } from './model-session.ts';
import { PictureTensor } from './picture-tensor.ts';
import { quarter, quarterStep } from './quarter.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Model inputs of free size are multiples of this. */
const inputStep = 32;
/** Geometric mean of a face's sides, pixels of the coarse look's input. */
const leastCoarseSide = 20;

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
    const { inputWidth, inputHeight } = items[0] as DetectItem;
    const found = await this.#look(items, { width: inputWidth, height: inputHeight });
    if (items.some(({ coarse }) => coarse)) {
      const large = await this.#lookFromAfar(items);
      for (const [index, candidates] of found.entries()) candidates.push(...(large[index] ?? []));
    }
    return items.map(({ nmsThreshold, maxFaces }, index) => ({
      faces: pack(suppressDoubles(found[index] ?? [], nmsThreshold, maxFaces)),
    }));
  }

  /** Candidates a picture, in pixels of the model input. */
  async #look(items: readonly DetectItem[], size: Size): Promise<Candidate[][]> {
    const values = this.#tensor.fill(
      items.map((item) => item.pixels),
      size.width,
      size.height,
    );
    const outputs = await this.#session.run({ [this.#input.name]: values }, items.length);
    return items.map(({ scoreThreshold }, index) =>
      this.#decode({ outputs, index, batch: items.length, ...size, scoreThreshold }),
    );
  }

  /**
   * Large faces alone: of one that fills the picture the network sees parts only, which may each
   * look like a face. Candidates as of the full look.
   */
  async #lookFromAfar(items: readonly DetectItem[]): Promise<Candidate[][]> {
    const { inputWidth, inputHeight } = items[0] as DetectItem;
    const small = items.map((item) => ({ ...item, pixels: quarter(item.pixels) }));
    const size = { width: coarseSide(inputWidth), height: coarseSide(inputHeight) };
    const found = await this.#look(small, size);
    return items.map(({ coarse }, index) =>
      coarse ? (found[index] ?? []).filter(isLarge).map(enlarged) : [],
    );
  }
}

function pack(faces: readonly Candidate[]): Float32Array {
  const numbers = new Float32Array(faces.length * facePitch);
  for (const [n, face] of faces.entries()) {
    numbers.set(
      [face.x, face.y, face.width, face.height, face.score, ...face.points],
      n * facePitch,
    );
  }
  return numbers;
}

/** Side of the coarse look's input, pixels. */
export function coarseSide(side: number): number {
  return Math.ceil(side / quarterStep / inputStep) * inputStep;
}

/** Smaller faces are left to the full look, which sees them better. */
function isLarge({ width, height }: Candidate): boolean {
  return Math.sqrt(width * height) >= leastCoarseSide;
}

function enlarged(face: Candidate): Candidate {
  return {
    x: face.x * quarterStep,
    y: face.y * quarterStep,
    width: face.width * quarterStep,
    height: face.height * quarterStep,
    score: face.score,
    points: face.points.map((value) => value * quarterStep),
  };
}
