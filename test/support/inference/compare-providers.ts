/**
 * Program: runs models on `webgpu` and on `cpu`, prints how far the results lie apart as JSON.
 * Arguments: the manifest (default: tiny models made here) and the precision on `webgpu`.
 */
import { isNightglassError } from '../../../src/domain/errors.ts';
import type { FaceImage } from '../../../src/domain/frame/face-image.ts';
import { alignedTemplate112, mapLandmarks } from '../../../src/domain/geometry/landmarks.ts';
import { createInference } from '../../../src/inference/inference.ts';
import { writeTinyModels } from './tiny-models.ts';

const data = new Uint8Array(64 * 64 * 3).map((_, i) => (i * 37) % 251);
const face: FaceImage = {
  image: { width: 64, height: 64, data },
  landmarks: mapLandmarks(alignedTemplate112, ({ x, y }) => ({ x: 10 + x * 0.3, y: 12 + y * 0.3 })),
};

const [manifest, precision = 'fp32'] = process.argv.slice(2);
await using models = manifest === undefined ? await writeTinyModels() : null;
const options = {
  manifestPath: manifest ?? (models?.manifestPath as string),
  workers: 1,
  requestTimeout: 60_000,
  hangTimeout: 60_000,
};

async function results(provider: 'webgpu' | 'cpu') {
  const inference = await createInference({
    ...options,
    providers: [provider],
    precision: provider === 'webgpu' && precision === 'fp16' ? 'fp16' : 'fp32',
  });
  try {
    const raw = await inference.embedder().embed(face);
    const picture = await inference.enhancer().enhance(face);
    if (picture === null) throw new TypeError('Cannot compare: the face was not enhanced');
    const enhanced = await inference.embedder().embedEnhanced(picture);
    const { gate } = await inference.fuser().fuse({ raw, enhanced, interEyeDistance: 9 });
    const providers = inference.providers().map((placement) => placement.provider);
    return { raw: raw.vector, picture, gate, providers };
  } finally {
    await inference.close();
  }
}

try {
  const gpu = await results('webgpu');
  const cpu = await results('cpu');
  const embedding = gpu.raw.reduce((sum, value, i) => sum + value * (cpu.raw[i] as number), 0);
  const enhanced = gpu.picture.data.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - (cpu.picture.data[i] as number))),
    0,
  );
  console.log(
    JSON.stringify({
      providers: gpu.providers,
      embedding,
      enhanced,
      gate: Math.abs(gpu.gate - cpu.gate),
    }),
  );
} catch (error) {
  if (!isNightglassError(error)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
