/*
 * Detection and embedding of pictures by @vladmandic/human, with nothing else
 * of it switched on. Its models come with its npm package and are served from
 * here, for its WebAssembly build can fetch them over HTTP alone. Where
 * @tensorflow/tfjs-node is installed beside it (it downloads a library that is
 * not on npm), that backend is used instead.
 *
 *   node bench/peer/human-process.mjs ORDER     (JSON, see order.ts)
 */

import { readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const order = JSON.parse(process.argv[2] ?? '');
const require = createRequire(import.meta.url);
const modules = join(import.meta.dirname, 'node_modules');
const human = join(modules, '@vladmandic/human');
// What it says goes elsewhere: our output is the report.
for (const name of ['log', 'info', 'warn', 'debug']) console[name] = () => undefined;

function findBackend() {
  // By a name that no tool resolves: it is nobody's dependency.
  const native = '@tensorflow/tfjs-node';
  try {
    require(native);
    return { name: 'tensorflow', build: 'human.node.js' };
  } catch {
    return { name: 'wasm', build: 'human.node-wasm.js' };
  }
}

const server = createServer((request, response) => {
  readFile(join(human, 'models', basename(request.url ?? ''))).then(
    (bytes) => response.end(bytes),
    () => response.writeHead(404).end(),
  );
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const backend = findBackend();
// Not among the package's exports, but the build that it documents for this backend.
const { Human } = require(join(human, 'dist', backend.build));
const off = { enabled: false };
const detector = new Human({
  backend: backend.name,
  wasmPath: `${join(modules, '@tensorflow/tfjs-backend-wasm/dist')}/`,
  modelBasePath: `http://127.0.0.1:${server.address().port}/`,
  debug: false,
  cacheSensitivity: 0,
  filter: off,
  face: {
    enabled: true,
    detector: { maxDetected: 50, rotation: false },
    description: { enabled: true },
    ...{ mesh: off, iris: off, emotion: off, antispoof: off, liveness: off },
  },
  ...{ body: off, hand: off, object: off, gesture: off, segmentation: off },
});
await detector.load();

const { width, height } = order;
const file = await open(order.pictures);
const bytes = width * height * 3;
async function read(at) {
  const data = new Uint8Array(bytes);
  await file.read(data, 0, bytes, (at % order.count) * bytes);
  return data;
}

let dimension = 0;
async function facesOf(data) {
  const tensor = detector.tf.tensor(data, [1, height, width, 3], 'int32');
  const { face, error } = await detector.detect(tensor);
  detector.tf.dispose(tensor);
  if (error) throw new Error(error);
  const embedded = face.filter(({ embedding }) => embedding?.length > 0);
  dimension = embedded[0]?.embedding.length ?? dimension;
  return embedded.length;
}

for (let at = 0; at < order.warmUp; at += 1) await facesOf(await read(at));
let faces = 0;
const cpu = process.cpuUsage();
const started = performance.now();
for (let at = 0; at < order.count; at += 1) faces += await facesOf(await read(at));
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
await file.close();
const { version } = JSON.parse(readFileSync(join(human, 'package.json'), 'utf8'));
const report = {
  what: `@vladmandic/human ${version}, ${detector.tf.getBackend()} backend`,
  faces,
  seconds,
  cpuSeconds: (user + system) / 1e6,
  dimension,
};
process.stdout.write(JSON.stringify(report), () => process.exit(0));
