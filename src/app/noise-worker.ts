import { parentPort, workerData } from 'node:worker_threads';
import { NoiseMeasurement } from '../domain/camera-noise/noise-measurement.ts';
import { isNightglassError } from '../domain/errors.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { measureNoise } from './measure-noise.ts';
import type { FromNoise, NoiseOrder, ToNoise } from './noise-thread.ts';
import { picturesOfFile } from './profile-pictures.ts';

/* Measures the noise of a camera in a thread of its own: sums over all pixels hold it. */

const port = parentPort;
if (port === null) throw new TypeError('Cannot measure: this is the main thread');
const order = workerData as NoiseOrder;
const tell = (message: FromNoise) => port.postMessage(message);

async function end(
  measurement: NoiseMeasurement,
  facts: Parameters<NoiseMeasurement['profile']>[1],
): Promise<void> {
  const profile = measurement.profile(order.source, facts, order.measuredAt);
  const map = measurement.pattern();
  tell({ type: 'profile', profile, pattern: map === null ? null : await pictured(map) });
}

/** Of each grey value three: the encoder takes colour. */
async function pictured({
  width,
  height,
  data,
}: NonNullable<ReturnType<NoiseMeasurement['pattern']>>) {
  const rgb = new Uint8Array(data.length * 3);
  for (const [at, value] of data.entries()) rgb.fill(value, at * 3, at * 3 + 3);
  return createImageCodec().encodeJpeg({ width, height, data: rgb }, 95);
}

function fail(error: unknown): void {
  if (!isNightglassError(error)) throw error;
  const { code, hint, message } = error;
  tell({ type: 'failed', code, message, hint });
}

const stop = new AbortController();

async function measureFile(path: string): Promise<void> {
  const { seconds } = order;
  const pictures = picturesOfFile(path, { seconds, signal: stop.signal });
  const onProgress = (share: number) => tell({ type: 'progress', share });
  const measurement = await measureNoise(pictures, { seconds, onProgress });
  if (!stop.signal.aborted) await end(measurement, pictures.facts());
}

const live = new NoiseMeasurement();
/** What the thread is at. */
let work = Promise.resolve();
port.on('message', (message: ToNoise) => {
  if (message.type === 'stop') {
    stop.abort();
    void work.finally(() => port.close());
    return;
  }
  if (message.type === 'end') {
    work = end(live, message.facts).catch(fail);
    return;
  }
  live.add(message.luma, message.colour);
  tell({ type: 'taken' });
});
if (order.file !== null) work = measureFile(order.file).catch(fail);
