/**
 * What inference costs beyond ONNX Runtime itself, on one core.
 *
 *   node bench/inference.ts [manifest] [repeats] [--json]
 *
 * Floor: the bare `session.run` calls of the same work, tensors prepared, in this
 * process. Ours: the same through queue, worker thread, alignment and decoding.
 */
import '../src/inference/no-telemetry.ts';
import path from 'node:path';
import ort from 'onnxruntime-node';
import type { Picture } from '../src/domain/frame/picture.ts';
import { alignedTemplate112, mapLandmarks } from '../src/domain/geometry/landmarks.ts';
import { createInference } from '../src/inference/inference.ts';
import { findModel, loadManifest } from '../src/inference/manifest.ts';

const manifestPath = process.argv[2] ?? 'models/manifest.json';
const repeats = Number(process.argv[3] ?? 60);
const { manifest, folder } = await loadManifest(manifestPath);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

interface Cost {
  /** Median from call to result, milliseconds. */
  readonly wall: number;
  /** Median of the processor time of all threads of this process, milliseconds. */
  readonly cpu: number;
}

/** Costs of two ways to do the same, taken in turns, so that both meet the same machine. */
async function compare(
  ways: readonly [() => Promise<unknown>, () => Promise<unknown>],
): Promise<[Cost, Cost]> {
  const samples = ways.map(() => ({ wall: [] as number[], cpu: [] as number[] }));
  for (let i = -3; i < repeats; i += 1) {
    for (const [w, run] of ways.entries()) {
      const before = process.cpuUsage();
      const started = performance.now();
      await run();
      const wall = performance.now() - started;
      const { user, system } = process.cpuUsage(before);
      if (i < 0) continue;
      samples[w]?.wall.push(wall);
      samples[w]?.cpu.push((user + system) / 1000);
    }
  }
  return samples.map(({ wall, cpu }) => ({ wall: median(wall), cpu: median(cpu) })) as [Cost, Cost];
}

const tasks = ['detect', 'denoise', 'superresolve', 'embed', 'quality', 'occlusion'] as const;
type Task = (typeof tasks)[number];

const usual = { manifestPath, workers: 1, threads: 1 };
const inference = await createInference(usual);
/** The same without the model for what covers a face: what that costs is the difference. */
const uncovered = await createInference({ ...usual, models: { occlusion: null } });

/** A bare session of a task in the precision that ours runs in, or undefined where the manifest has none. */
async function bare(
  task: Task,
): Promise<((dims: readonly number[]) => Promise<unknown>) | undefined> {
  const entry = findModel(manifest, task);
  const runs = inference.providers().find(({ model }) => model === entry?.name)?.precision;
  const variant = entry?.variants.find(({ precision }) => precision === runs);
  if (entry === undefined || variant === undefined) return undefined;
  const session = await ort.InferenceSession.create(path.join(folder, variant.file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const name = session.inputNames[0] as string;
  return (dims) => {
    const size = dims.reduce((a, b) => a * b, 1);
    return session.run({ [name]: new ort.Tensor('float32', new Float32Array(size), [...dims]) });
  };
}

const [detect, denoise, superresolve, embed, quality, occlusion] = await Promise.all(
  tasks.map(bare),
);

/** A picture whose pixels cost nothing to read: native scaling is measured elsewhere. */
const blank: Picture = {
  width: 1280,
  height: 720,
  rgb: async ({ width, height }) => ({ width, height, data: new Uint8Array(width * height * 3) }),
  luma: () => Promise.reject(new Error('not read here')),
  jpeg: async () => new Uint8Array(),
  dispose: () => undefined,
};

function face(distance: number) {
  const k = distance / 35.24;
  return {
    image: {
      width: 160,
      height: 160,
      data: new Uint8Array(160 * 160 * 3).map((_, i) => (i * 37) % 251),
    },
    landmarks: mapLandmarks(alignedTemplate112, ({ x, y }) => ({ x: 20 + x * k, y: 20 + y * k })),
  };
}

const rows: { work: string; floor: Cost; ours: Cost }[] = [];
async function row(work: string, floor: () => Promise<unknown>, ours: () => Promise<unknown>) {
  const [bareCost, ourCost] = await compare([floor, ours]);
  rows.push({ work, floor: bareCost, ours: ourCost });
}

try {
  if (detect !== undefined) {
    for (const [inputWidth, height] of [
      [320, 192],
      [640, 384],
    ] as const) {
      const detector = inference.detector({ inputWidth });
      await row(
        `detect ${inputWidth}x${height}`,
        () => detect([1, 3, height, inputWidth]),
        () => detector.detect(blank),
      );
    }
    await row(
      'detect 320x320',
      () => detect([1, 3, 320, 320]),
      () => inference.detector({ inputWidth: 320 }).detect({ ...blank, width: 320, height: 320 }),
    );
  }
  if (embed !== undefined) {
    const { dimension = 0 } = findModel(manifest, 'embed')?.output ?? {};
    const floor = async () => {
      await embed([1, 3, 112, 112]);
      await quality?.([1, dimension]);
      await occlusion?.([1, 3, 112, 112]);
    };
    const embedder = inference.embedder();
    for (const distance of [10, 40]) {
      await row(`embed, ${distance} px between the eyes`, floor, () =>
        embedder.embed(face(distance)),
      );
    }
    if (occlusion !== undefined) {
      const blind = uncovered.embedder();
      await row(
        'embed, without and with coverings',
        () => blind.embed(face(40)),
        () => embedder.embed(face(40)),
      );
    }
  }
  if (denoise !== undefined && superresolve !== undefined) {
    const enhancer = inference.enhancer();
    for (const [side, distance] of [
      [32, 10],
      [48, 20],
    ] as const) {
      await row(
        `enhance, region ${side}x${side}`,
        async () => {
          await denoise([1, 3, side, side]);
          await superresolve([1, 3, side, side]);
        },
        () => enhancer.enhance(face(distance)),
      );
    }
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
  else print();
} finally {
  await uncovered.close();
  await inference.close();
}

function print(): void {
  console.log(`median of ${repeats}, milliseconds, one thread a session, ${manifestPath}`);
  console.log(`${''.padEnd(32)}  floor cpu   our cpu  ratio   floor wall  our wall`);
  for (const { work, floor, ours } of rows) {
    const cpu = [floor.cpu, ours.cpu].map((ms) => ms.toFixed(2).padStart(9)).join(' ');
    const wall = [floor.wall, ours.wall].map((ms) => ms.toFixed(2).padStart(10)).join(' ');
    console.log(`${work.padEnd(32)}  ${cpu}  x${(ours.cpu / floor.cpu).toFixed(2)}  ${wall}`);
  }
}
