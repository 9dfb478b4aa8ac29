/*
 * The least work that finds, enhances, recognises and pictures as many faces as
 * a run of the product did: one thread, nothing between the calls of FFmpeg and
 * ONNX Runtime but the tensors they need.
 *
 *   node bench/floor-process.ts ORDER     (JSON, see floor.ts)
 *
 * Prints the processor time that it took as JSON.
 */

import '../src/inference/no-telemetry.ts';
import { AV_PIX_FMT_RGB24, AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import ort from 'onnxruntime-node';
import { fitInput } from '../src/inference/detector.ts';
import { defaultRegionSizes, regionSide } from '../src/inference/enhancer.ts';
import { findModel, loadManifest, modelPath } from '../src/inference/manifest.ts';
import type { ModelEntry, PictureInput } from '../src/inference/manifest-schema.ts';
import type { Pixels } from '../src/inference/protocol.ts';
import { coarseSide } from '../src/inference/worker/detect-faces.ts';
import { PictureTensor } from '../src/inference/worker/picture-tensor.ts';
import { quarterStep } from '../src/inference/worker/quarter.ts';
import '../src/streams/ffmpeg/ffmpeg-log.ts';
import { readFootage } from '../demo/footage/footage-file.ts';
import { CpuParts } from './cpu-parts.ts';
import type { FloorOrder, FloorReport } from './floor.ts';
import { decoder, jpegEncoder, scaler } from './floor-codecs.ts';
import type { ModelCalls } from './latency.ts';

const order = JSON.parse(process.argv[2] ?? '') as FloorOrder;
const { work } = order;
const source = (await readFootage(order.footage))?.cameras[0]?.source;
if (source?.codec !== 'h264') throw new Error('The floor decodes H.264');
const { manifest, folder } = await loadManifest(order.manifest);
const cpu = new CpuParts();

/** A model and the calls of it that are still to be made. */
class Calls {
  readonly entry: ModelEntry;
  readonly #session: ort.InferenceSession;
  readonly #sizes: number[];
  readonly #all: number;
  readonly #tensor: PictureTensor | null;

  private constructor(entry: ModelEntry, session: ort.InferenceSession, calls: ModelCalls) {
    this.entry = entry;
    this.#session = session;
    this.#tensor = 'mean' in entry.input ? new PictureTensor(entry.input as PictureInput) : null;
    this.#all = calls.calls;
    // As many calls with as many items, as even as whole numbers allow.
    this.#sizes = Array.from(
      { length: calls.calls },
      (_, i) =>
        Math.floor(((i + 1) * calls.items) / calls.calls) -
        Math.floor((i * calls.items) / calls.calls),
    );
  }

  static async open(task: Parameters<typeof findModel>[1]): Promise<Calls | null> {
    const entry = findModel(manifest, task, undefined) as ModelEntry | undefined;
    const calls = work.models.find(({ model }) => model === entry?.name);
    if (entry === undefined || calls === undefined || calls.calls === 0) return null;
    const variant = entry.variants.find(({ precision }) => precision === calls.precision);
    if (variant === undefined) throw new Error(`${entry.name} has no ${calls.precision}`);
    const session = await ort.InferenceSession.create(modelPath(folder, variant.file), {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
    });
    return new Calls(entry, session, calls);
  }

  /** Whether a call is to be made after a share of the frames, 0..1. */
  isDue(share: number): boolean {
    return this.#sizes.length > 0 && this.#all - this.#sizes.length < Math.floor(share * this.#all);
  }

  /** The next call, on copies of a picture. */
  async onPicture(pixels: Pixels, width: number, height: number, warmUp = false): Promise<void> {
    const count = warmUp ? 1 : Math.max(1, this.#sizes.pop() ?? 0);
    const tensor = this.#tensor as PictureTensor;
    const { data, dims } = tensor.fill(Array<Pixels>(count).fill(pixels), width, height);
    const input = new ort.Tensor('float32', data, [...dims]);
    await this.#session.run({ [this.#session.inputNames[0] as string]: input });
  }

  /** The next call, on vectors. */
  async onVectors(warmUp = false): Promise<void> {
    const count = warmUp ? 1 : Math.max(1, this.#sizes.pop() ?? 0);
    const feeds: Record<string, ort.Tensor> = {};
    for (const meta of this.#session.inputMetadata) {
      const shape = meta.isTensor ? meta.shape : [];
      const dims = shape.map((side, at) => (at === 0 ? count : Number(side)));
      const length = dims.reduce((product, side) => product * side, 1);
      feeds[meta.name] = new ort.Tensor('float32', new Float32Array(length).fill(0.06), dims);
    }
    await this.#session.run(feeds);
  }
}

const detect = await Calls.open('detect');
const denoise = await Calls.open('denoise');
const superresolve = await Calls.open('superresolve');
const embed = await Calls.open('embed');
const embedEnhanced = await Calls.open('embed-enhanced');
const quality = await Calls.open('quality');
const occlusion = await Calls.open('occlusion');
const fuse = await Calls.open('fuse');
if (detect === null) throw new Error('The run has detected nothing');

const { width, height } = source;
const fit = fitInput({ width, height }, detect.entry.input as PictureInput, {
  inputWidth: 640,
  maxUpscale: 2,
});
const black = (side: number): Pixels => ({
  width: side,
  height: side,
  data: new Uint8Array(side * side * 3).fill(90),
});
const sizes = manifest.enhance?.sizes ?? defaultRegionSizes;
const sides = work.interEyeDistances.flatMap((distance) => regionSide(distance, sizes) ?? []);
const sideOf = (call: number): number => sides[call % sides.length] ?? sizes[0]?.size ?? 32;
const embedInput = embed?.entry.input as PictureInput | undefined;
const face = black(embedInput?.width ?? 112);
const facePicture = { width: 128, height: 128 };

// Warm up: first calls allocate what later ones reuse.
await detect.onPicture(black(32), fit.inputWidth, fit.inputHeight, true);
await detect.onPicture(black(32), coarseSide(fit.inputWidth), coarseSide(fit.inputHeight), true);
for (const side of new Set(sides)) {
  await denoise?.onPicture(black(side), side, side, true);
  await superresolve?.onPicture(black(side), side, side, true);
}
await embed?.onPicture(face, face.width, face.height, true);
await embedEnhanced?.onPicture(face, face.width, face.height, true);
await quality?.onVectors(true);
await occlusion?.onPicture(black(112), 112, 112, true);
await fuse?.onVectors(true);

const decode = decoder();
const scale = scaler();
const encodeScene = jpegEncoder(width, height);
const encodeFace = jpegEncoder(facePicture.width, facePicture.height);
const started = process.cpuUsage();
let scaled = 0;
let scenes = 0;
let pictures = 0;
let enhanced = 0;
let enlarged = 0;
let detected = 0;
let looks = looksAt(black(32), black(32));

interface Look {
  readonly pixels: Pixels;
  readonly width: number;
  readonly height: number;
}

function looksAt(pixels: Pixels, coarse: Pixels): readonly Look[] {
  const { inputWidth, inputHeight } = fit;
  return [
    { pixels, width: inputWidth, height: inputHeight },
    { pixels: coarse, width: coarseSide(inputWidth), height: coarseSide(inputHeight) },
  ];
}

function scaledTo(frame: Frame, width: number, height: number): Pixels {
  const small = scale(frame, width, height, AV_PIX_FMT_RGB24);
  const data = small.toBuffer();
  small.free();
  return { width, height, data };
}

/** Makes the model calls that are due after a share of the frames, in the order of the product. */
async function runDue(share: number): Promise<void> {
  while (detect?.isDue(share)) {
    // A full look at each picture and a coarse one: every second call is small.
    const { pixels, width, height } = looks[detected % looks.length] as Look;
    await cpu.timedAsync('detect', () => detect.onPicture(pixels, width, height));
    detected += 1;
  }
  while (denoise?.isDue(share)) {
    const side = sideOf(enhanced);
    await cpu.timedAsync('denoise', () => denoise.onPicture(black(side), side, side));
    enhanced += 1;
  }
  while (superresolve?.isDue(share)) {
    const side = sideOf(enlarged);
    await cpu.timedAsync('superresolve', () => superresolve.onPicture(black(side), side, side));
    enlarged += 1;
  }
  while (embed?.isDue(share)) {
    await cpu.timedAsync('embed', () => embed.onPicture(face, face.width, face.height));
  }
  while (embedEnhanced?.isDue(share)) {
    await cpu.timedAsync('embed-enhanced', () =>
      embedEnhanced.onPicture(face, face.width, face.height),
    );
  }
  while (quality?.isDue(share)) await cpu.timedAsync('quality', () => quality.onVectors());
  while (occlusion?.isDue(share)) {
    await cpu.timedAsync('occlusion', () => occlusion.onPicture(black(112), 112, 112));
  }
  while (fuse?.isDue(share)) await cpu.timedAsync('fuse', () => fuse.onVectors());
}

for (let index = 0; index < work.framesDecoded; index += 1) {
  const unit = source.units[index % source.units.length];
  const frame = cpu.timed('decode', () => decode((unit as { data: Uint8Array }).data));
  if (frame === null) continue;
  const share = (index + 1) / work.framesDecoded;
  if (scaled < Math.floor(share * work.framesAnalysed)) {
    scaled += 1;
    looks = cpu.timed('scale', () =>
      looksAt(
        scaledTo(frame, fit.width, fit.height),
        scaledTo(frame, Math.ceil(fit.width / quarterStep), Math.ceil(fit.height / quarterStep)),
      ),
    );
  }
  await runDue(share);
  while (scenes < Math.floor(share * work.keyframes)) {
    scenes += 1;
    cpu.timed('jpeg', () => {
      const scene = scale(frame, width, height, AV_PIX_FMT_YUVJ420P);
      encodeScene(scene);
      scene.free();
    });
  }
  while (pictures < Math.floor(share * work.alertPictures * 2)) {
    pictures += 1;
    cpu.timed('jpeg', () => {
      const picture = scale(frame, facePicture.width, facePicture.height, AV_PIX_FMT_YUVJ420P);
      encodeFace(picture);
      picture.free();
    });
  }
  frame.free();
}
await runDue(1);
const { user, system } = process.cpuUsage(started);
const report: FloorReport = { total: (user + system) / 1000, parts: cpu.spent };
process.stdout.write(JSON.stringify(report));
