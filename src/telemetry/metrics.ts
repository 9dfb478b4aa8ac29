import { collectDefaultMetrics, Registry } from 'prom-client';
import type { FrameLedger } from '../domain/frame/ledger.ts';
import { type ArmingMetrics, registerArmingMetrics } from './arming-metrics.ts';
import { type BackupMetrics, registerBackupMetrics } from './backup-metrics.ts';
import { type CameraMetrics, registerCameraMetrics } from './camera-metrics.ts';
import { type ClipMetrics, registerClipMetrics } from './clip-metrics.ts';
import { type ClusterMetrics, registerClusterMetrics } from './cluster-metrics.ts';
import { type DriftMetrics, registerDriftMetrics } from './drift-metrics.ts';
import { type EncryptionMetrics, registerEncryptionMetrics } from './encryption-metrics.ts';
import { exposition } from './exposition.ts';
import { type FaceMetrics, registerFaceMetrics } from './face-metrics.ts';
import { type FederationMetrics, registerFederationMetrics } from './federation-metrics.ts';
import { registerFrameMetrics } from './frame-metrics.ts';
import {
  type InferenceMetrics,
  type InferenceSource,
  registerInferenceMetrics,
} from './inference-metrics.ts';
import { type MachineSources, registerMachineMetrics } from './machine-metrics.ts';
import { type MetricFacts, metricFacts } from './metric-facts.ts';
import { type MotionMetrics, registerMotionMetrics } from './motion-metrics.ts';
import { type OutboxMetrics, registerOutboxMetrics } from './outbox-metrics.ts';
import { type ReviewMetrics, registerReviewMetrics } from './review-metrics.ts';
import { registerShadowMetrics, type ShadowMetrics } from './shadow-metrics.ts';
import { registerStageMetrics, type StageMetrics } from './stage-metrics.ts';
import { registerSystemMetrics, type SystemMetrics } from './system-metrics.ts';
import { registerTlsMetrics, type TlsMetrics } from './tls-metrics.ts';
import { registerWatchlistMetrics, type WatchlistSource } from './watchlist-metrics.ts';

/** What is read at each scrape, once there is somebody to ask. Calls must be quick and not throw. */
export interface MetricSources extends MachineSources {
  readonly inference: () => InferenceSource;
  readonly watchlists: () => WatchlistSource;
}

export interface Metrics {
  readonly stages: StageMetrics;
  readonly cameras: CameraMetrics;
  readonly motion: MotionMetrics;
  readonly faces: FaceMetrics;
  readonly inference: InferenceMetrics;
  readonly reviews: ReviewMetrics;
  readonly system: SystemMetrics;
  readonly tls: TlsMetrics;
  readonly encryption: EncryptionMetrics;
  readonly clips: ClipMetrics;
  readonly outbox: OutboxMetrics;
  readonly backups: BackupMetrics;
  readonly arming: ArmingMetrics;
  readonly drift: DriftMetrics;
  readonly cluster: ClusterMetrics;
  readonly federation: FederationMetrics;
  readonly shadow: ShadowMetrics;
  /** Names who is asked at each scrape; may be called several times as the program comes up. */
  watch(sources: Partial<MetricSources>): void;
  /** A camera is there: what counts it starts at 0. */
  expectCamera(camera: string): void;
  /** A camera is gone: its series end, so that their number stays bounded through reloads. */
  forgetCamera(camera: string): void;
  /** The Prometheus text exposition. */
  text(): Promise<string>;
  /** Name, kind, help, labels of every metric; for the reference and its tests. */
  facts(): readonly MetricFacts[];
  close(): void;
}

/**
 * All metrics of a process, in a registry of their own. No label ever names a
 * track or a person; what labels there may be is `label-law.ts`.
 */
export function createMetrics(options: { ledger: FrameLedger; version: string }): Metrics {
  const registry = new Registry();
  let sources: Partial<MetricSources> = {};
  // Event-loop delay, memory, CPU, garbage collection.
  collectDefaultMetrics({ register: registry });
  registerFrameMetrics(registry, options.ledger);
  const cameras = registerCameraMetrics(registry);
  const motion = registerMotionMetrics(registry);
  const faces = registerFaceMetrics(registry);
  const reviews = registerReviewMetrics(registry);
  const stages = registerStageMetrics(registry);
  // Each source is asked once a scrape, whatever the number of metrics that it feeds.
  let inferenceNow: InferenceSource | undefined;
  let watchlistsNow: WatchlistSource | undefined;
  const inference = registerInferenceMetrics(registry, () => inferenceNow);
  registerWatchlistMetrics(registry, () => watchlistsNow);
  registerMachineMetrics(registry, () => sources);
  const system = registerSystemMetrics(registry, options.version);
  const tls = registerTlsMetrics(registry);
  const encryption = registerEncryptionMetrics(registry);
  const clips = registerClipMetrics(registry);
  const outbox = registerOutboxMetrics(registry);
  const backups = registerBackupMetrics(registry);
  const arming = registerArmingMetrics(registry);
  const cluster = registerClusterMetrics(registry);
  const shadow = registerShadowMetrics(registry);
  let lists = new Set<string>();
  const followLists = (): void => {
    const present = new Set(watchlistsNow?.lists.map(({ id }) => id));
    for (const id of lists) {
      if (present.has(id)) continue;
      for (const family of [faces, reviews, shadow]) family.forgetWatchlist(id);
    }
    for (const id of present) {
      if (lists.has(id)) continue;
      for (const family of [faces, reviews]) family.expectWatchlist(id);
    }
    lists = present;
  };
  return {
    stages,
    cameras,
    motion,
    faces,
    inference,
    reviews,
    system,
    tls,
    encryption,
    clips,
    outbox,
    backups,
    arming,
    ...{ cluster, drift: registerDriftMetrics(registry) },
    federation: registerFederationMetrics(registry),
    shadow,
    watch(more) {
      sources = { ...sources, ...more };
    },
    expectCamera(camera) {
      for (const family of [cameras, motion, faces, reviews, clips]) family.expect(camera);
    },
    forgetCamera(camera) {
      for (const family of [cameras, motion, faces, reviews, clips, cluster]) family.forget(camera);
      options.ledger.forget(camera);
    },
    text() {
      inferenceNow = sources.inference?.();
      watchlistsNow = sources.watchlists?.();
      for (const { name } of sources.workers?.() ?? []) inference.expectWorker(name);
      followLists();
      return exposition(registry);
    },
    facts: () => metricFacts(registry),
    close() {
      sources = {};
      registry.clear();
    },
  };
}
