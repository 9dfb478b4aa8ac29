import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { noNats } from '../cluster/nats-server.ts';
import { FootageStore } from '../footage.ts';
import { type LatencyResult, measureLatency } from '../latency.ts';
import { busyShare, describeMachine } from '../machine.ts';
import { mean } from '../samples.ts';
import {
  decodeTimes,
  matchTimes,
  modelTimes,
  natsTimes,
  receiveTimes,
  sealedEvents,
} from './measure-parts.ts';
import { type ServiceTimes, serviceTimesSchema } from './service-times.ts';

export interface MeasureOptions {
  readonly manifest: string;
  readonly root: string;
  /** Length of each live run. */
  readonly seconds: number;
  say(line: string): void;
}

const cameras = 4;
const size = { width: 768, height: 432 };

/**
 * Measures the product's parts on this machine.
 * @throws Error where NATS is missing, or other work makes the parts dearer than the whole
 */
export async function measureServiceTimes(options: MeasureOptions): Promise<ServiceTimes> {
  const { manifest, root, seconds, say } = options;
  if (noNats !== false) throw new Error(noNats);
  const workDir = join(root, 'data/bench');
  await mkdir(workDir, { recursive: true });
  const busyBefore = await busyShare(1000);
  const machine = { ...describeMachine(), busyBefore, loadBefore: loadavg()[0] ?? 0 };
  say('decoder');
  const decode = await decodeTimes(size.width, size.height);
  say('models');
  const models = await modelTimes(manifest);
  say('gallery');
  const match = await matchTimes();
  say('messages');
  const events = sealedEvents();
  const face = await receiveTimes(events.face);
  const note = await receiveTimes(events.note);
  const folder = await mkdtemp(join(workDir, 'nats-'));
  const nats = await natsTimes(folder, face.bytes).finally(() => rm(folder, { recursive: true }));
  await using footage = new FootageStore(workDir, {
    ...{ manifest, footage: undefined, cacheDir: join(root, 'data/demo'), say },
  });
  const live = async (kind: 'usual' | 'nobody', count: number) => {
    say(`the program with ${count} cameras, ${kind}`);
    const shown = await footage.get(kind);
    const run = { cameras: count, manifest, workDir, footage: shown, seconds, warmUpSeconds: 5 };
    return measureLatency(run);
  };
  // With one camera a call waits for no core, so that its time is processor time.
  const alone = await live('usual', 1);
  const busy = await live('usual', cameras);
  const quiet = await live('nobody', cameras);
  // A frame is looked at several times, mostly at parts of it.
  const looks = detectorMs(alone.work) / Math.max(1, alone.work.framesAnalysed);
  const detect = models.detect.map((ms) => (ms * looks) / mean(models.detect));
  const costs = {
    decode: mean(decode),
    detect: mean(detect),
    face: mean(models.enhance) + mean(models.embed),
  };
  return serviceTimesSchema.parse({
    machine,
    camera: { ...size, framesPerSecond: 10, analysedPerSecond: 5 },
    decode,
    ...{ ...models, detect },
    quietFrame: [rest(quiet, costs, quiet.work.framesDecoded)],
    busyFrame: [rest(busy, costs, busy.work.framesAnalysed)],
    ...nats,
    receiveFace: face.times,
    receiveNote: note.times,
    store: [busy.stages.find(({ stage }) => stage === 'alert')?.time?.median],
    match,
  });
}

/** Processor time of a live run that the parts do not account for, a frame. */
function rest(
  { cpuCores, seconds, work }: LatencyResult,
  costs: { readonly decode: number; readonly detect: number; readonly face: number },
  frames: number,
): number {
  const all = cpuCores * seconds * 1000;
  // Of a scene without anybody few frames get as far as the detector.
  const detected = Math.min(work.framesAnalysed, detections(work));
  const known =
    costs.decode * work.framesDecoded + costs.detect * detected + costs.face * work.keyframes;
  if (all <= known) {
    throw new Error(
      `The parts took ${known.toFixed(0)} ms by themselves, the whole ${all.toFixed(0)} ms: measure on a machine that does nothing else`,
    );
  }
  return (all - known) / Math.max(1, frames);
}

function detections({ models }: LatencyResult['work']): number {
  return detectors(models).reduce((sum, { items }) => sum + items, 0);
}

function detectorMs({ models }: LatencyResult['work']): number {
  return detectors(models).reduce((sum, { totalMs }) => sum + totalMs, 0);
}

function detectors(models: LatencyResult['work']['models']): LatencyResult['work']['models'] {
  return models.filter(({ model }) => /detect/.test(model));
}
