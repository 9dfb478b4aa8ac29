/*
 * Recorded footage through the product's own operators as fast as they take
 * it, or through the decoder alone.
 *
 *   node bench/benches/replay-process.ts ORDER     (JSON, see bench-replay.ts)
 *
 * Nobody is enrolled, so everything runs but the storing of alerts.
 */

import { EMPTY, lastValueFrom } from 'rxjs';
import { analyse } from '../../src/app/analyse.ts';
import type { AnalysisListener, AnalysisSettings } from '../../src/app/analysis-contract.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { PartShare } from '../../src/domain/part-share.ts';
import { createInference } from '../../src/inference/inference.ts';
import { pullFrames } from '../../src/operators/pull-frames.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { openFile } from '../../src/streams/recorded/file-source.ts';
import type { ReplayOrder, ReplayReport } from './bench-replay.ts';

const order = JSON.parse(process.argv[2] ?? '') as ReplayOrder;
const cameraId = 'replay';
const ledger = new FrameLedger();
const counted = { frames: 0, analysed: 0, faces: 0, keyframes: 0, lost: 0 };
let mediaEnd = 0;

async function* frames() {
  for await (const frame of openFile({ path: order.path, cameraId, ledger })) {
    counted.frames += 1;
    mediaEnd = Math.max(mediaEnd, frame.mediaTime);
    yield frame;
  }
}

async function measure(work: () => Promise<void>): Promise<ReplayReport> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { ...counted, seconds, cpuSeconds: (user + system) / 1e6, mediaSeconds: mediaEnd / 1000 };
}

async function decode(): Promise<void> {
  for await (const frame of frames()) frame[Symbol.dispose]();
}

const nothing = () => undefined;
const nobody = (): never => {
  throw new TypeError('Nobody is enrolled');
};
const listener: AnalysisListener = {
  stages: { duration: nothing, age: nothing },
  follower: null,
  left: {
    quality({ frame, faces }) {
      if (frame === null) return;
      counted.analysed += 1;
      counted.faces += faces.length;
    },
    keyframe({ kind }) {
      if (kind === 'keyframe') counted.keyframes += 1;
    },
  },
  rejected(_, reason) {
    if (reason === 'busy') counted.lost += 1;
  },
  failed(_, stage, error) {
    throw new Error(`The stage ${stage} failed`, { cause: error });
  },
  parts: () => undefined,
  split: nothing,
  tracks: nothing,
};

async function analysed(rate: number): Promise<ReplayReport> {
  const inference = await createInference({ manifestPath: order.manifest, threads: 1 });
  const ports = {
    detector: inference.detector({ inputWidth: 640, scoreThreshold: 0.3 }),
    aligner: inference.aligner(),
    enhancer: inference.enhancer(),
    embedder: inference.embedder(),
    fuser: inference.fuser(),
    gallery: { search: () => [] },
    strangerBelow: () => -1,
    listChanges$: EMPTY,
    alertStore: {
      insert: (alert: Alert) => alert,
      lastSighting: nothing,
      seen: nothing,
      markStill: nothing,
      openAlert: nothing,
      update: nobody,
      sight: nobody,
    },
    partShare: new PartShare({ total: 1, clock: systemClock }),
    codec: createImageCodec(),
    clock: systemClock,
    newAlertId: () => 'none',
    enrolledImage: async () => null,
    modelStamps: inference.stamps(),
    configHash: () => 'bench',
  };
  // As the configuration's defaults have it; a frame never waits so long as to be stale.
  const settings: AnalysisSettings = {
    ...{ cameraId, rate, minScore: 0.5, maxAge: Number.POSITIVE_INFINITY, maxOcclusion: 2000 },
    ...{ minHits: 2, minInterEyeDistance: 6, minQuality: 45, keyframesPerTrack: 5, quietPeriod: 0 },
    joinWithin: 0,
    inputSize: 640,
    // The figure is of what each analysed picture costs.
    scene: {
      motion: { enabled: false, sensitivity: 'medium', lookEvery: 1000, closer: 0 },
      zones: [],
      faceSize: null,
    },
    stillAfter: 600_000,
  };
  try {
    return await measure(async () => {
      const frames$ = pullFrames(frames());
      await lastValueFrom(analyse(frames$, settings, ports, listener), { defaultValue: null });
    });
  } finally {
    await inference.close();
  }
}

const report = order.rate === null ? await measure(decode) : await analysed(order.rate);
if (ledger.live !== 0) throw new Error(`${ledger.live} frames were not disposed of`);
process.stdout.write(JSON.stringify(report));
