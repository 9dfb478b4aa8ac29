/*
 * The models on one provider, by batch, and what its chip can do at most.
 *
 *   node bench/gpu/gpu-process.ts ORDER     (JSON, see order.ts)
 *
 * A process of its own: a driver that fails takes nobody with it.
 */

import '../../src/inference/no-telemetry.ts';
import { readFile } from 'node:fs/promises';
import ort from 'onnxruntime-node';
import { findModel, loadManifest, modelPath } from '../../src/inference/manifest.ts';
import { spread } from '../samples.ts';
import { countOperations } from './count-operations.ts';
import { matrixModel } from './matrix-model.ts';
import type { GpuOrder, GpuReport, GpuRow } from './order.ts';

ort.env.logLevel = 'fatal';
const order = JSON.parse(process.argv[2] ?? '') as GpuOrder;
const { provider, precision } = order;
/** Products of the matrix in a row, so that handing it over weighs little. */
const products = 8;
const inputs = {
  detect: [384, 640],
  embed: [112, 112],
  denoise: [32, 32],
  superresolve: [32, 32],
} as const;

/** Whether a step of a model had to stay on the CPU. */
let partly = false;

async function open(model: Uint8Array): Promise<ort.InferenceSession> {
  const options = { executionProviders: [provider] };
  if (provider === 'cpu') return ort.InferenceSession.create(model, options);
  try {
    // What the provider cannot do must not be done by the CPU in silence.
    const extra = { session: { disable_cpu_ep_fallback: '1' } };
    return await ort.InferenceSession.create(model, { ...options, extra });
  } catch (error) {
    if (!/fallback to CPU EP has been explicitly disabled/.test(String(error))) throw error;
    partly = true;
    return ort.InferenceSession.create(model, options);
  }
}

function tensor(
  type: 'float32' | 'float16',
  dims: readonly number[],
): InstanceType<typeof ort.Tensor> {
  const length = dims.reduce((all, side) => all * side, 1);
  const values = new Float32Array(length).map((_, at) => ((at * 37) % 251) / 2510);
  return type === 'float16'
    ? new ort.Tensor('float16', Float16Array.from(values) as never, [...dims])
    : new ort.Tensor('float32', values, [...dims]);
}

/** Milliseconds of a call. */
async function timesOf(
  session: ort.InferenceSession,
  feeds: Record<string, InstanceType<typeof ort.Tensor>>,
) {
  // The first calls compile and allocate.
  for (let warm = 0; warm < 2; warm += 1) await session.run(feeds);
  const times: number[] = [];
  const end = performance.now() + order.secondsEach * 1000;
  while (times.length < 3 || performance.now() < end) {
    const started = performance.now();
    await session.run(feeds);
    times.push(performance.now() - started);
  }
  return spread(times);
}

function typeOf(session: ort.InferenceSession): 'float32' | 'float16' {
  const [meta] = session.inputMetadata;
  return meta?.isTensor && meta.type === 'float16' ? 'float16' : 'float32';
}

async function measureModel(task: keyof typeof inputs): Promise<GpuRow[]> {
  const { manifest, folder } = await loadManifest(order.manifest);
  const entry = findModel(manifest, task);
  const variant = entry?.variants.find((each) => each.precision === precision);
  if (entry === undefined || variant === undefined) return [];
  const model = await readFile(modelPath(folder, variant.file));
  const [height, width] = inputs[task];
  partly = false;
  const session = await open(model);
  const type = typeOf(session);
  const name = session.inputNames[0] as string;
  const operations = await countOperations(model, { [name]: tensor(type, [1, 3, height, width]) });
  const rows: GpuRow[] = [];
  for (const batch of order.batches) {
    const feeds = { [name]: tensor(type, [batch, 3, height, width]) };
    const { median, low, high } = await timesOf(session, feeds);
    rows.push({
      model: entry.name,
      input: `${width}x${height}`,
      batch,
      median,
      low,
      high,
      operations,
      partly,
    });
  }
  await session.release();
  return rows;
}

async function measurePeak(): Promise<number> {
  const { matrix } = order;
  const session = await open(matrixModel(matrix, products, precision));
  const { low } = await timesOf(session, { a: tensor(typeOf(session), [matrix, matrix]) });
  await session.release();
  return (2 * matrix ** 3 * products) / (low / 1000);
}

let report: GpuReport;
try {
  const peak = await measurePeak();
  const rows: GpuRow[] = [];
  for (const task of ['detect', 'embed', 'denoise', 'superresolve'] as const) {
    rows.push(...(await measureModel(task)));
  }
  report = { rows, peak };
} catch (error) {
  const said = error instanceof Error ? error.message : String(error);
  report = { unavailable: (said.split('\n')[0] ?? said).slice(0, 300), rows: [], peak: Number.NaN };
}
process.stdout.write(JSON.stringify(report), () => process.exit(0));
