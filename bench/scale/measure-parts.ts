import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Opener, Sealer } from '../../src/cluster/envelope.ts';
import { decodeEvent, encodeEvent } from '../../src/cluster/wire.ts';
import type { RemoteEvent } from '../../src/domain/cluster.ts';
import type { Picture } from '../../src/domain/frame/picture.ts';
import { alignedTemplate112, mapLandmarks } from '../../src/domain/geometry/landmarks.ts';
import { createInference } from '../../src/inference/inference.ts';
import type { GallerySize } from '../benches/bench-gallery.ts';
import { runChild } from '../child.ts';
import { NatsServer } from '../cluster/nats-server.ts';
import type { ServiceTimes } from './service-times.ts';

const calls = 40;

async function processorTimes(action: () => unknown, count = calls): Promise<number[]> {
  for (let i = 0; i < 5; i += 1) await action();
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const before = process.cpuUsage();
    await action();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return times;
}

/** Processor time of a decoded picture, milliseconds: several runs of the product's decoder. */
export async function decodeTimes(width: number, height: number): Promise<number[]> {
  const program = join(import.meta.dirname, '../decode-process.ts');
  const times: number[] = [];
  for (let run = 0; run < 2; run += 1) {
    const args = [program, 'process', String(width), String(height), '100', '2'];
    times.push((JSON.parse(await runChild({ args })) as { cpu: number }).cpu / 1000);
  }
  return times;
}

/** Processor time of the models, queue, thread and pixels included, one call at a time. */
export async function modelTimes(
  manifestPath: string,
): Promise<Pick<ServiceTimes, 'detect' | 'enhance' | 'embed'>> {
  const blank: Picture = {
    ...{ width: 768, height: 432, luma: () => Promise.reject(new Error('not read here')) },
    rgb: async ({ width, height }) => ({ width, height, data: new Uint8Array(width * height * 3) }),
    jpeg: async () => new Uint8Array(),
    dispose: () => undefined,
  };
  const face = faceImage();
  const inference = await createInference({ manifestPath, workers: 1, threads: 1 });
  try {
    const detector = inference.detector({ inputWidth: 640 });
    const [embedder, enhancer] = [inference.embedder(), inference.enhancer()];
    return {
      detect: await processorTimes(() => detector.detect(blank)),
      enhance: await processorTimes(() => enhancer.enhance(face)),
      // Of the face as it is and of the enhanced one.
      embed: (await processorTimes(() => embedder.embed(face))).map((each) => each * 2),
    };
  } finally {
    await inference.close();
  }
}

function faceImage() {
  const k = 20 / 35.24;
  const data = new Uint8Array(160 * 160 * 3).map((_, i) => (i * 37) % 251);
  return {
    image: { width: 160, height: 160, data },
    landmarks: mapLandmarks(alignedTemplate112, ({ x, y }) => ({ x: 20 + x * k, y: 20 + y * k })),
  };
}

/** Passes over galleries, by the clock. */
export async function matchTimes(): Promise<ServiceTimes['match']> {
  const program = join(import.meta.dirname, '../benches/gallery-process.ts');
  const order = JSON.stringify({ sizes: [1000, 10_000, 100_000], secondsEach: 1 });
  const sizes = JSON.parse(await runChild({ args: [program, order] })) as GallerySize[];
  return sizes.flatMap((size) =>
    size.skipped === undefined
      ? [{ templates: size.people, one: size.search.median, sixteen: size.batch.median }]
      : [],
  );
}

/** A face as it crosses the network: random pixels, so that packing and sealing have all their work. */
export function sealedEvents() {
  const face = faceImage();
  const vector = Float32Array.from({ length: 384 }, (_, i) => Math.sin(i) / 14);
  const noise = (length: number) =>
    new Uint8Array(
      Buffer.concat(
        Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
          createHash('sha256').update(String(i)).digest(),
        ),
      ).subarray(0, length),
    );
  const box = { x: 300, y: 100, width: 70, height: 90 };
  const keyframe = {
    ...{ cameraId: 'camera', trackId: 'track', ordinal: 0, sequence: 1, mediaTime: 0 },
    ...{ capturedAt: 0, capturedMonotonic: 0, frameWidth: 768, frameHeight: 432, box },
    ...{ landmarks: face.landmarks, interEyeDistance: 20, detectionScore: 0.9 },
    quality: { components: {}, score: 70, verdict: 'accept' as const, reasons: [] },
    face: { image: { width: 96, height: 96, data: noise(96 * 96 * 3) }, landmarks: face.landmarks },
    ...{ scene: noise(8000), model: 'model', enhancedImage: null, enhanced: null },
    raw: { vector, recognisability: 0.9 },
    ...{ fused: vector, gate: 1, weight: 1 },
  };
  const place = { x: 0.1, y: 0.1, width: 0.1, height: 0.2 };
  const note: RemoteEvent = {
    kind: 'seen',
    seen: { cameraId: 'camera', trackId: 'track', at: 1, place },
  };
  return { face: { kind: 'keyframe', keyframe } as RemoteEvent, note };
}

const secret = 'a secret of the measurement alone, 0123456789';

/** Processor time in which the control node opens, checks and unpacks a message. */
export async function receiveTimes(
  event: RemoteEvent,
): Promise<{ readonly times: number[]; readonly bytes: Uint8Array }> {
  const sealer = new Sealer(secret, 'node', 0);
  const opener = new Opener(secret);
  const { bytes } = sealer.seal('event', encodeEvent(event, 0));
  const receive = () => {
    const opened = opener.open('event', bytes);
    if (opened === null || decodeEvent(opened.plain, 0) === null)
      throw new Error('The message cannot be read');
  };
  // Twenty at a time: a single one is shorter than the clock of the processor's time is fine.
  const each = await processorTimes(() => {
    for (let i = 0; i < 20; i += 1) receive();
  });
  return { times: each.map((ms) => ms / 20), bytes };
}

/** A message to a stream of a real NATS server and back: alone by the clock, and when many come. */
export async function natsTimes(
  folder: string,
  bytes: Uint8Array,
): Promise<Pick<ServiceTimes, 'transport' | 'natsMessage'>> {
  await using server = await NatsServer.start(folder);
  const connection = await connect({ servers: server.url });
  try {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'MEASURE', subjects: ['measure'], max_bytes: 2 ** 28 });
    await manager.consumers.add('MEASURE', { durable_name: 'reader', ack_policy: 'explicit' });
    const client = jetstream(connection);
    const consumer = await client.consumers.get('MEASURE', 'reader');
    const messages = await consumer.consume();
    let took = 0;
    let arrived = Promise.withResolvers<void>();
    let awaited = Number.POSITIVE_INFINITY;
    const reading = (async () => {
      for await (const message of messages) {
        message.ack();
        took += 1;
        if (took >= awaited) arrived.resolve();
      }
    })();
    /** Sends so many at once and waits until all have come. @returns milliseconds */
    const send = async (count: number): Promise<number> => {
      arrived = Promise.withResolvers();
      awaited = took + count;
      const started = performance.now();
      await Promise.all(Array.from({ length: count }, () => client.publish('measure', bytes)));
      const late = AbortSignal.timeout(60_000);
      late.addEventListener('abort', () => arrived.reject(new Error('NATS gives nothing back')));
      await arrived.promise;
      return performance.now() - started;
    };
    const transport: number[] = [];
    for (let i = 0; i < calls; i += 1) transport.push(await send(1));
    const many = 500;
    const natsMessage = [(await send(many)) / many];
    messages.stop();
    await reading;
    return { transport, natsMessage };
  } finally {
    await connection.close();
  }
}
