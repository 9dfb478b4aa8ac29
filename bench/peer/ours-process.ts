/*
 * Detection and embedding of pictures by the product's own models and workers.
 *
 *   node bench/peer/ours-process.ts ORDER     (JSON, see order.ts)
 */

import { open } from 'node:fs/promises';
import { createInference } from '../../src/inference/inference.ts';
import { faceImageOf, planFaceCut } from '../../src/operators/face-cut.ts';
import { pictureFromRgb } from '../../src/streams/rgb-picture.ts';
import type { PeerOrder, PeerReport } from './order.ts';

const order = JSON.parse(process.argv[2] ?? '') as PeerOrder;
const { width, height } = order;
const inference = await createInference({ manifestPath: order.manifest, threads: 1 });
const detector = inference.detector({ inputWidth: 640 });
const embedder = inference.embedder();

async function facesOf(data: Uint8Array): Promise<number> {
  const picture = pictureFromRgb({ width, height, data });
  try {
    const found = await detector.detect(picture);
    const embedded = found.map(async (face) => {
      const cut = planFaceCut(face, picture);
      if (cut === null) return 0;
      const image = await picture.rgb({ crop: cut.crop, width: cut.width, height: cut.height });
      await embedder.embed(faceImageOf(cut, image, face.landmarks));
      return 1;
    });
    return (await Promise.all(embedded)).reduce((sum: number, one) => sum + one, 0);
  } finally {
    picture.dispose();
  }
}

const file = await open(order.pictures);
const bytes = width * height * 3;
async function read(at: number): Promise<Uint8Array> {
  const data = new Uint8Array(bytes);
  await file.read(data, 0, bytes, (at % order.count) * bytes);
  return data;
}

for (let at = 0; at < order.warmUp; at += 1) await facesOf(await read(at));
let faces = 0;
let begun = 0;
/** Two pictures under way, as the product has of a camera: one is detected, one embedded. */
async function work(): Promise<void> {
  while (begun < order.count) {
    const at = begun;
    begun += 1;
    const found = await facesOf(await read(at));
    faces += found;
  }
}
const cpu = process.cpuUsage();
const started = performance.now();
await Promise.all([work(), work()]);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
await file.close();
await inference.close();
const report: PeerReport = {
  what: `Nightglass, ${embedder.model}`,
  faces,
  seconds,
  cpuSeconds: (user + system) / 1e6,
  dimension: embedder.dimension,
};
process.stdout.write(JSON.stringify(report));
