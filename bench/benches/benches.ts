import type { Bench } from '../bench.ts';
import { annBench } from './bench-ann.ts';
import { backupBench } from './bench-backup.ts';
import { camerasBench } from './bench-cameras.ts';
import { clientsBench } from './bench-clients.ts';
import { clipsBench } from './bench-clips.ts';
import { clusterBench } from './bench-cluster.ts';
import { encryptionBench } from './bench-encryption.ts';
import { evidenceBench } from './bench-evidence.ts';
import { floorBench } from './bench-floor.ts';
import { footageBench } from './bench-footage.ts';
import { galleryBench } from './bench-gallery.ts';
import { gpuBench } from './bench-gpu.ts';
import { inferenceBench } from './bench-inference.ts';
import { latencyBench } from './bench-latency.ts';
import { loopBench } from './bench-loop.ts';
import { naiveBench } from './bench-naive.ts';
import { outboxBench } from './bench-outbox.ts';
import { peerBench } from './bench-peer.ts';
import { picturesBench } from './bench-pictures.ts';
import { quietBench } from './bench-quiet.ts';
import { replayBench } from './bench-replay.ts';
import { memoryBench, soakBench } from './bench-soak.ts';
import { storeBench } from './bench-store.ts';
import { videoBench } from './bench-video.ts';

/** In the order in which they run: later ones take figures over from earlier ones. */
export const benches: readonly Bench[] = [
  latencyBench,
  floorBench,
  footageBench,
  camerasBench,
  quietBench,
  clientsBench,
  clipsBench,
  videoBench,
  naiveBench,
  peerBench,
  galleryBench,
  annBench,
  loopBench,
  picturesBench,
  encryptionBench,
  evidenceBench,
  storeBench,
  clusterBench,
  outboxBench,
  backupBench,
  replayBench,
  gpuBench,
  inferenceBench,
  memoryBench,
  soakBench,
];
