/*
 * Face recognition of cameras as it is usually put together in Node: an ffmpeg
 * program a camera, scaled raw pictures through a pipe, ONNX Runtime on the
 * main thread with its default threads, each face of each frame embedded.
 *
 *   node bench/naive/naive-process.ts ORDER     (JSON, see order.ts)
 *
 * The tensors are filled, the faces aligned and the outputs decoded by the
 * product's own code, which is faster than what such programs use. Prints what
 * it managed as JSON.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { findModel, loadManifest, modelPath } from '../../src/inference/manifest.ts';
import { facePitch } from '../../src/inference/protocol.ts';
import { FaceDetection } from '../../src/inference/worker/detect-faces.ts';
import { FaceEmbedding } from '../../src/inference/worker/embed-faces.ts';
import { ModelSession } from '../../src/inference/worker/model-session.ts';
import type { NaiveOrder, NaiveReport } from './order.ts';

const order = JSON.parse(process.argv[2] ?? '') as NaiveOrder;
const width = 640;
const height = 360;
const frameBytes = width * height * 3;
const inputHeight = Math.ceil(height / 32) * 32;
const monitorInterval = 10;
const ticksASecond = 100;

const { manifest, folder } = await loadManifest(order.manifest);

async function open(task: 'detect' | 'embed'): Promise<ModelSession> {
  const entry = findModel(manifest, task);
  if (entry === undefined) throw new Error(`There is no model to ${task}`);
  const files = entry.variants.map(({ file }) => modelPath(folder, file));
  // 0: as many threads as ONNX Runtime thinks right.
  const options = { providers: ['cpu'], precision: order.precision, threads: 0 } as const;
  return ModelSession.open({ entry, files }, options, () => undefined);
}

const detection = new FaceDetection(await open('detect'));
const embedding = new FaceEmbedding({
  raw: await open('embed'),
  enhanced: undefined,
  quality: undefined,
  occlusion: undefined,
});

/** A camera's frames and when their results came, milliseconds. */
interface Camera {
  frame: number;
  readonly results: { readonly frame: number; readonly at: number }[];
}

const cameras: Camera[] = order.urls.map(() => ({ frame: 0, results: [] }));
const pending: { readonly camera: Camera; readonly frame: number; readonly data: Buffer }[] = [];
let faces = 0;
let working = false;

async function analyse(data: Buffer): Promise<void> {
  const pixels = { width, height, data };
  const limits = { scoreThreshold: 0.48, nmsThreshold: 0.3, maxFaces: 100, coarse: false };
  const [found] = await detection.run([{ pixels, inputWidth: width, inputHeight, ...limits }]);
  const numbers = found?.faces ?? new Float32Array(0);
  for (let at = 0; at < numbers.length; at += facePitch) {
    faces += 1;
    if (!order.embeds) continue;
    const landmarks = Array.from(numbers.subarray(at + 5, at + facePitch));
    await embedding.run([{ branch: 'raw', pixels, landmarks }]);
  }
}

/** Frames are worked off in the order that they came; a pipe that is not read holds its camera up. */
async function work(): Promise<void> {
  if (working) return;
  working = true;
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    await analyse(next.data);
    next.camera.results.push({ frame: next.frame, at: performance.now() });
    for (const [at, program] of programs.entries()) {
      if (waitingOf(cameras[at] as Camera) < maxWaiting) program.stdout?.resume();
    }
  }
  working = false;
}

/** Whole frames that wait, a camera; further ones stay in the pipe. */
const maxWaiting = 2;

function waitingOf(camera: Camera): number {
  return pending.reduce((count, each) => count + (each.camera === camera ? 1 : 0), 0);
}

function startCamera(url: string, camera: Camera): ChildProcess {
  const input = ['-rtsp_transport', 'tcp', '-fflags', 'nobuffer', '-threads', '1', '-i', url];
  const filter = `fps=${order.rate},scale=${width}:${height}:flags=area`;
  const output = ['-an', '-vf', filter, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  const program = spawn('ffmpeg', ['-loglevel', 'error', ...input, ...output], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let frame = Buffer.allocUnsafe(frameBytes);
  let filled = 0;
  program.stdout?.on('data', (chunk: Buffer) => {
    for (let from = 0; from < chunk.length; ) {
      const count = Math.min(chunk.length - from, frameBytes - filled);
      chunk.copy(frame, filled, from, from + count);
      filled += count;
      from += count;
      if (filled < frameBytes) continue;
      pending.push({ camera, frame: camera.frame, data: frame });
      camera.frame += 1;
      frame = Buffer.allocUnsafe(frameBytes);
      filled = 0;
    }
    if (waitingOf(camera) >= maxWaiting) program.stdout?.pause();
    void work();
  });
  return program;
}

const programs = order.urls.map((url, at) => startCamera(url, cameras[at] as Camera));
const endPrograms = () => {
  for (const program of programs) program.kill('SIGKILL');
};
process.on('exit', endPrograms);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => process.exit(1));

/** Processor milliseconds of this process and of its children so far (Linux's 100 ticks a second). */
function processorTime(): number {
  const own = process.cpuUsage();
  const ticks = programs.map(({ pid }) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[11]) + Number(fields[12]);
    } catch {
      return 0;
    }
  });
  const children = ticks.reduce((sum, each) => sum + each, 0);
  return (own.user + own.system) / 1000 + (children * 1000) / ticksASecond;
}

const startLimit = performance.now() + 30_000;
while (cameras.some(({ results }) => results.length === 0)) {
  if (performance.now() > startLimit) throw new Error('Not all cameras came up');
  await sleep(50);
}
await sleep(order.warmUpSeconds * 1000);
const delay = monitorEventLoopDelay({ resolution: monitorInterval });
delay.enable();
faces = 0;
for (const camera of cameras) camera.results.length = 0;
const cpuBefore = processorTime();
const started = performance.now();
await sleep(order.seconds * 1000);
const seconds = (performance.now() - started) / 1000;
const cpuCores = (processorTime() - cpuBefore) / 1000 / seconds;
const latencies = cameras.flatMap(({ results }) => {
  const offsets = results.map(({ frame, at }) => at - (frame * 1000) / order.rate);
  const best = Math.min(...offsets);
  return offsets.map((offset) => offset - best);
});
const report: NaiveReport = {
  frames: latencies.length,
  faces,
  seconds,
  latencies,
  eventLoopDelayP99: Math.max(0, delay.percentile(99) / 1e6 - monitorInterval),
  eventLoopDelayMax: Math.max(0, delay.max / 1e6 - monitorInterval),
  cpuCores,
};
process.stdout.write(JSON.stringify(report), () => process.exit(0));
