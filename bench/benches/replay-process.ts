/*
 * Recorded footage through the product's own search as fast as it takes it, or through the decoder
 * alone.
 *
 *   node bench/benches/replay-process.ts ORDER     (JSON, see bench-replay.ts)
 *
 * Nobody is enrolled, so everything runs but the storing of what was found.
 */

import { facePorts, settingsOf } from '../../src/app/footage-ports.ts';
import { searchFootage } from '../../src/app/search-footage.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { createInference } from '../../src/inference/inference.ts';
import { FootageSightings } from '../../src/services/footage/footage-sightings.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { FootageReader } from '../../src/streams/recorded/reader/footage-reader.ts';
import type { ReplayOrder, ReplayReport } from './bench-replay.ts';

/** Decoder threads a file, of the search and of decoding alone. */
const threads = 1;
/** How often resident memory is noted, milliseconds. */
const noteEvery = 500;

const order = JSON.parse(process.argv[2] ?? '') as ReplayOrder;
const report = order.detectors === null ? await decode() : await search(order.detectors);
process.stdout.write(JSON.stringify(report));

async function measured(
  work: () => Promise<Omit<ReplayReport, 'seconds' | 'cpuSeconds'>>,
): Promise<ReplayReport> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const counted = await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { ...counted, seconds, cpuSeconds: (user + system) / 1e6 };
}

/** In the threads that the search decodes in, which give nothing to look at but the first picture. */
function decode(): Promise<ReplayReport> {
  return measured(async () => {
    let frames = 0;
    let mediaSeconds = 0;
    await Promise.all(
      order.paths.map(async (path) => {
        await using reader = new FootageReader();
        const pictures = reader.read({
          ...{ path, threads, keysOnly: false, rate: 1e-6, from: 0 },
          held: { least: 2, most: 2, bytes: 0 },
          onEnd(passed, mediaTime) {
            frames += passed.decoded;
            mediaSeconds += mediaTime / 1000;
          },
        });
        for await (const { picture, passed } of pictures) {
          frames += passed.decoded;
          picture.dispose();
        }
      }),
    );
    return { frames, mediaSeconds, looked: 0, faces: 0, tracks: 0, lost: 0, memory: [] };
  });
}

async function search(detectors: number): Promise<ReplayReport> {
  const { config } = parseConfig('{}', 'defaults');
  const inference = await createInference({
    ...{ manifestPath: order.manifest, requestTimeout: 60_000, detectors },
  });
  const ports = {
    ...facePorts(inference, config),
    gallery: { search: () => [] },
    ...{ strangerBelow: () => -1, codec: createImageCodec(), newAlertId: () => 'none' },
    ...{ enrolledImage: async () => null, modelStamps: inference.stamps() },
    configHash: () => 'bench',
  };
  const memory: [number, number][] = [];
  let noted = 0;
  try {
    return await measured(async () => {
      const figures = await searchFootage({
        files: order.paths.map((path) => ({ path, start: null })),
        ...{ settings: settingsOf(config), ports, positions: [] },
        sightings: new FootageSightings({ startOf: () => null }),
        ...{ atOnce: order.paths.length, decoderThreads: threads, looksAtOnce: 2 * detectors },
        signal: new AbortController().signal,
        onProgress({ seconds }) {
          if (performance.now() - noted < noteEvery) return;
          noted = performance.now();
          memory.push([seconds / 3600, process.memoryUsage.rss() / 2 ** 20]);
        },
      });
      const { seconds: mediaSeconds, frames, looked, faces, tracks, lost } = figures;
      return { mediaSeconds, frames, looked, faces, tracks, lost, memory };
    });
  } finally {
    await inference.close();
  }
}
