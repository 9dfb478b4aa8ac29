import type { ModelStamp } from '../domain/alert.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { Detector } from '../domain/detection.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Aligner, Enhancer, Fuser } from '../domain/face-models.ts';
import { type Log, silentLog } from '../domain/log.ts';
import type { WorkerUsage } from '../domain/worker-usage.ts';
import { ModelAligner, noAligner } from './aligner.ts';
import { type DetectorOptions, ModelDetector } from './detector.ts';
import { ModelEmbedder } from './embedder.ts';
import { Engine, type InferenceObserver, type Submitter } from './engine.ts';
import {
  defaultRegionSizes,
  ModelEnhancer,
  noEnhancer,
  PlainEnlargement,
  type RegionSizes,
} from './enhancer.ts';
import { FixedFuser, ModelFuser } from './fuser.ts';
import { findModel, loadManifest } from './manifest.ts';
import type { Calibration, EntryOf, PoorViewSettings } from './manifest-schema.ts';
import { modelsHash } from './models-hash.ts';
import {
  chooseDenoisers,
  chooseModels,
  completionOf,
  type DisabledTask,
  isPictureTask,
  type ModelOptions,
  needed,
  planWorkers,
  specOf,
} from './plan-models.ts';
import type { ModelPlacement, ModelSet, ModelSpec, Operation, ProviderName } from './protocol.ts';
import type { WorkerStatus } from './worker-host.ts';

export interface InferenceOptions extends ModelOptions {
  /**
   * Manifest that gives detector, denoiser and super-resolver where the first one has no
   * detector: a recogniser alone, as a user brings it.
   */
  readonly completeFrom?: string;
  /** In order of preference: a later provider is the fallback of an earlier one. Default `cpu` alone. */
  readonly providers?: readonly ProviderName[];
  readonly log?: Log;
  readonly clock?: Clock;
  readonly observer?: InferenceObserver;
  /** Requests that may wait, an operation; default 64. */
  readonly queueLimit?: number;
  /** Requests a batch at most; default 8 (on the CPU: enhancement 2, so that it does not hold others up). */
  readonly maxBatch?: Partial<Record<Operation, number>>;
  /** Milliseconds; default 4. */
  readonly batchWindow?: number;
  /** Milliseconds; default 5000. */
  readonly requestTimeout?: number;
  /** Milliseconds; default 15000. */
  readonly hangTimeout?: number;
}

export interface InferenceHealth {
  /** True when every worker is ready. */
  readonly ok: boolean;
  readonly models: readonly ModelPlacement[];
  readonly disabled: readonly DisabledTask[];
  readonly workers: readonly WorkerStatus[];
  readonly queues: readonly { operation: Operation; depth: number; limit: number }[];
}

/** The models behind the narrow interfaces of the operators. */
export interface FaceModels {
  /** @throws NightglassError `MODEL_FILE_MISSING` when there is no detector */
  detector(options?: DetectorOptions): Detector;
  /** Leaves landmarks as they are where there is no model for it. */
  aligner(): Aligner;
  /**
   * @param denoiser of a camera, as `InferenceOptions.denoisers` names it; default the usual one
   * @throws NightglassError `MODEL_FILE_MISSING` for one that is not loaded
   */
  enhancer(denoiser?: string | null): Enhancer;
  /** @throws NightglassError `MODEL_FILE_MISSING` when there is no recogniser */
  embedder(): ModelEmbedder;
  fuser(): Fuser;
}

/** Native compute. */
export interface Inference extends FaceModels {
  /** The same models for work that waits while live work is there: recorded footage. */
  background(): FaceModels;
  /** Which provider each model runs on. */
  providers(): readonly ModelPlacement[];
  /**
   * Models in use and the hash of the file that runs.
   * @param denoiser of a camera: the stamp of it takes the place of the usual one's
   * @throws NightglassError `MODEL_FILE_MISSING` for one that is not loaded
   */
  stamps(denoiser?: string | null): readonly ModelStamp[];
  /** One value for the models of the manifest in use, those that are not loaded among them. */
  readonly modelsHash: string;
  /** Whether a camera may name this denoiser now: it was loaded at the start. */
  hasDenoiser(name: string): boolean;
  /** Of the scores that are matched: the fuse model's, else the recogniser's; undefined when neither has one. */
  readonly calibration: Calibration | undefined;
  /** How small faces are compared with enrolled ones; undefined: as all others. */
  readonly poorView: PoorViewSettings | undefined;
  health(): InferenceHealth;
  /** What the worker threads have used; processor time and heap as of the last `sampleUsage`. */
  usage(): readonly WorkerUsage[];
  sampleUsage(): Promise<void>;
  /** Ends a worker as a crash would; it is started again. For tests of faults. */
  killWorker(name: string): void;
  /** Finishes what is under way within `limit` milliseconds (default 2000), then ends the workers. Idempotent. */
  close(limit?: number): Promise<void>;
}

/** On the CPU: a batch of background work is to take no longer than some 20 ms. */
const smallBatches = { detect: 2, fuse: 2, embed: 2, align: 2, enhance: 1 } as const;

/**
 * Loads the models of a manifest into worker threads and warms them up.
 * @throws NightglassError `MODEL_*`, `PROVIDER_UNAVAILABLE`
 */
export async function createInference(options: InferenceOptions): Promise<Inference> {
  const own = await loadManifest(options.manifestPath);
  const other = await completionOf(own, options.completeFrom);
  const { models, disabled } = chooseModels(options, (task, name) => {
    const source = isPictureTask(task) ? (other ?? own) : own;
    const entry = findModel(source.manifest, task, name);
    return entry && specOf(entry, source.folder, options.allowOutside);
  });
  const denoisers = chooseDenoisers(options, other ?? own);
  const sizes: RegionSizes = (other ?? own).manifest.enhance?.sizes ?? defaultRegionSizes;
  const providers = options.providers ?? ['cpu'];
  const without = new Set(options.without);
  if (without.has('raw') && without.has('enhanced')) {
    throw new RangeError('Cannot leave out both branches');
  }
  const plain = without.has('denoise') && without.has('superresolve');
  const enhances = !without.has('enhanced') && !plain && hasRestorers(models, without);
  const cpuFirst = providers[0] === 'cpu';
  const log = options.log ?? silentLog;
  const maxBatch = {
    ...{ detect: 8, fuse: 8, embed: 8, align: 8, enhance: cpuFirst ? 2 : 8 },
    ...options.maxBatch,
  };
  const engine = await Engine.create({
    workers: planWorkers(models, {
      options,
      providers,
      enhances,
      sides: sizes.map(({ size }) => size),
      denoisers: enhances ? [...new Set(denoisers.values())] : [],
    }),
    clock: options.clock ?? systemClock,
    log,
    observer: options.observer ?? {},
    queueLimit: options.queueLimit ?? 64,
    maxBatch,
    maxBackgroundBatch: cpuFirst ? smallBatches : maxBatch,
    batchWindow: options.batchWindow ?? 4,
    requestTimeout: options.requestTimeout ?? 5000,
    hangTimeout: options.hangTimeout ?? 15_000,
  });
  report(log, engine.placements, disabled);
  const modelsBehind = (submitter: Submitter): FaceModels => ({
    detector: (detectorOptions = {}) =>
      new ModelDetector(submitter, needed(models.detect, 'detect'), detectorOptions),
    aligner: () => alignerOf(models, submitter),
    enhancer(denoiser) {
      if (enhances) return new ModelEnhancer(submitter, sizes, nameOf(denoisers, denoiser));
      return plain && !without.has('enhanced') ? new PlainEnlargement(sizes) : noEnhancer;
    },
    embedder: () =>
      new ModelEmbedder(submitter, needed(models.embed, 'embed'), {
        enhanced: models['embed-enhanced']?.entry,
        quality: models.quality?.entry,
        fuse: models.fuse?.entry,
      }),
    fuser: () => fuserOf(models, submitter, without),
  });
  return {
    ...modelsBehind(engine),
    background: () => modelsBehind(engine.background()),
    providers: () => engine.placements,
    stamps: (denoiser) => stampsOf(engine.placements, denoisers, nameOf(denoisers, denoiser)),
    modelsHash: modelsHash(models),
    hasDenoiser: (name) => denoisers.has(name),
    calibration: models.fuse?.entry.calibration ?? models.embed?.entry.calibration,
    poorView: models.fuse?.entry.poorView,
    health: () => ({
      ok: engine.workers.every(({ state }) => state === 'ready'),
      models: engine.placements,
      disabled,
      workers: engine.workers,
      queues: engine.queues,
    }),
    usage: () => engine.usage,
    sampleUsage: () => engine.sampleUsage(),
    killWorker: (name) => engine.killWorker(name),
    close: (limit = 2000) => engine.close(limit),
  };
}

type Denoisers = ReadonlyMap<string, ModelSpec<EntryOf<'denoise'>>>;

/** Of the model that a camera names; undefined for the usual one. */
function nameOf(denoisers: Denoisers, wanted: string | null | undefined): string | undefined {
  if (wanted === undefined || wanted === null) return undefined;
  const spec = denoisers.get(wanted);
  if (spec !== undefined) return spec.entry.name;
  throw new NightglassError(
    'MODEL_FILE_MISSING',
    `Cannot use the denoiser ${wanted}: it was not loaded at the start`,
    { hint: 'Restart Nightglass.' },
  );
}

/** What a camera's faces go through: of all denoisers the one that serves it. */
function stampsOf(
  placements: readonly ModelPlacement[],
  denoisers: Denoisers,
  denoiser: string | undefined,
): ModelStamp[] {
  const variants = new Set([...denoisers.values()].map(({ entry }) => entry.name));
  return placements
    .filter(({ model, task }) =>
      task === 'denoise' && denoiser !== undefined ? model === denoiser : !variants.has(model),
    )
    .map(({ model, task, sha256 }) => ({ name: model, task, sha256 }));
}

function alignerOf({ align, embed }: ModelSet, engine: Submitter): Aligner {
  return align && embed ? new ModelAligner(engine, align.entry.maxIed) : noAligner;
}

function fuserOf({ fuse }: ModelSet, engine: Submitter, without: ReadonlySet<string>): Fuser {
  const learned = fuse && new ModelFuser(engine, fuse.entry);
  if (without.has('raw')) return new FixedFuser(0, learned);
  if (without.has('gate')) return new FixedFuser(0.5, learned);
  return learned ?? new FixedFuser(1);
}

/** Both restorers, or the one that an ablation leaves. */
function hasRestorers(models: ModelSet, without: ReadonlySet<string>): boolean {
  const count = [models.denoise, models.superresolve].filter((m) => m !== undefined).length;
  return count === 2 || (count === 1 && (without.has('denoise') || without.has('superresolve')));
}

function report(
  log: Log,
  placements: readonly ModelPlacement[],
  disabled: readonly DisabledTask[],
): void {
  for (const placement of placements) {
    if (placement.fallbackFrom !== undefined || placement.partly) {
      log.warn(placement, 'model does not run wholly on the provider asked for');
    } else {
      log.info(placement, 'model loaded');
    }
  }
  for (const entry of disabled) log.warn(entry, 'no model for a task');
}
