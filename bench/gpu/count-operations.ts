import '../../src/inference/no-telemetry.ts';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ort from 'onnxruntime-node';

type Shapes = readonly Readonly<Record<string, readonly number[]>>[];

interface Event {
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: Shapes;
    readonly output_type_shape?: Shapes;
  };
}

/**
 * Multiplications and additions of a run, each counted once: of convolutions and
 * matrix products, from the shapes in ONNX Runtime's own profile of a run on the CPU.
 */
export async function countOperations(
  model: Uint8Array,
  feeds: Record<string, InstanceType<typeof ort.Tensor>>,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'nightglass-bench-'));
  try {
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'disabled',
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    if (file === undefined) return Number.NaN;
    const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as Event[];
    return events.reduce((sum, { args }) => sum + operationsOf(args), 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function operationsOf(args: Event['args']): number {
  const name = args?.op_name ?? '';
  const [first, weights] = (args?.input_type_shape ?? []).map(dimensionsOf);
  const output = dimensionsOf(args?.output_type_shape?.[0] ?? {});
  if (first === undefined || weights === undefined || output.length === 0) return 0;
  if (/^(Fused)?Conv$/.test(name)) return 2 * product(output) * product(weights.slice(1));
  if (name === 'ConvTranspose') return 2 * product(first) * product(weights.slice(1));
  if (name === 'MatMul' || name === 'Gemm') return 2 * product(output) * (first.at(-1) ?? 0);
  return 0;
}

function dimensionsOf(shape: Readonly<Record<string, readonly number[]>>): readonly number[] {
  return Object.values(shape)[0] ?? [];
}

function product(values: readonly number[]): number {
  return values.reduce((all, value) => all * value, 1);
}
