import { availableParallelism } from 'node:os';
import type { ModelStamp } from '../domain/alert.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { Detector } from '../domain/detection.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Enhancer, Fuser } from '../domain/face-models.ts';
import type { Log } from '../domain/log.ts';
import { silentLog } from '../domain/log.ts';
import { type DetectorOptions, fitInput, ModelDetector } from './detector.ts';
import { ModelEmbedder } from './embedder.ts';
import { Engine, type InferenceObserver } from './engine.ts';
import {
  defaultRegionSizes,
  ModelEnhancer,
  noEnhancer,
  PlainEnlargement,
  type RegionSizes,
} from './enhancer.ts';
import { FixedFuser, ModelFuser } from './fuser.ts';
import { findModel, type LoadedManifest, loadManifest, modelPath } from './manifest.ts';
import type { Calibration, EntryOf, ModelEntry, Precision } from './manifest-schema.ts';
import type {
  ModelPlacement,
  ModelSet,
  ModelSpec,
  Operation,
  ProviderName,
  WorkerSetup,
} from './protocol.ts';
import type { WorkerStatus, WorkerUsage } from './worker-host.ts';
import type { WorkerPlan } from './worker-slot.ts';

/** Tasks that the live path uses. */
const liveTasks = [
  'detect',
  'denoise',
  'superresolve',
  'embed',
  'embed-enhanced',
  'quality',
  'fuse',
] as const;
type LiveTask = (typeof liveTasks)[number];

/** Parts of the chain that can be left out. */
export const ablations = ['denoise', 'superresolve', 'enhanced', 'raw', 'gate'] as const;
export type Ablation = (typeof ablations)[number];

export interface InferenceOptions {
  readonly manifestPath: string;
  /**
   * Manifest that gives detector, denoiser and super-resolver where the first one has no
   * detector: a recogniser alone, as a user brings it.
   */
  readonly completeFrom?: string;
  /** In order of preference: a later provider is the fallback of an earlier one. Default `cpu` alone. */
  readonly providers?: readonly ProviderName[];
  /** Default `auto`: see `chooseVariant`. */
  readonly precision?: Precision | 'auto';
  /** Threads: 1 does all; 2 (default) one for detection, one for faces; more add threads for faces. */
  readonly workers?: number;
  /** Threads within an operator; default 1. */
  readonly threads?: number;
  /** Which model does a task, by name; null leaves the task out. Default: the first of the manifest. */
  readonly models?: Partial<Record<LiveTask, string | null>>;
  /**
   * What to leave out of the chain, to find out what it is worth. `denoise` and `superresolve`
   * together leave the enlarged crop, which the enhanced branch then sees; `enhanced` and `raw`
   * leave the other branch alone; without `gate` the branches are averaged.
   */
  readonly without?: readonly Ablation[];
  /** Let the manifest name files outside its own folder. Default false. */
  readonly allowOutside?: boolean;
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
  /** Run every model once before `createInference` returns. Default true. */
  readonly warmUp?: boolean;
  /** Picture size to warm the detector up with, pixels; default 640x360. */
  readonly warmUpPicture?: { readonly width: number; readonly height: number };
}

/** What a task left out means. */
export interface DisabledTask {
  readonly task: LiveTask;
  /** Missing from the manifest, or left out by option. */
  readonly reason: 'missing' | 'left-out';
  readonly effect: string;
}

export interface InferenceHealth {
  /** True when every worker is ready. */
  readonly ok: boolean;
  readonly models: readonly ModelPlacement[];
  readonly disabled: readonly DisabledTask[];
  readonly workers: readonly WorkerStatus[];
  readonly queues: readonly { operation: Operation; depth: number; limit: number }[];
}

/** Native compute behind the narrow interfaces of the operators. */
export interface Inference {
  /** @throws NightglassError `MODEL_FILE_MISSING` when there is no detector */
  detector(options?: DetectorOptions): Detector;
  enhancer(): Enhancer;
  /** @throws NightglassError `MODEL_FILE_MISSING` when there is no recogniser */
  embedder(): ModelEmbedder;
  fuser(): Fuser;
  /** Which provider each model runs on. */
  providers(): readonly ModelPlacement[];
  /** Models in use and the hash of the file that runs. */
  stamps(): readonly ModelStamp[];
  /** Of the scores that are matched: the fuse model's, else the recogniser's; undefined when neither has one. */
  readonly calibration: Calibration | undefined;
  health(): InferenceHealth;
  /** What the worker threads have used; processor time and heap as of the last `sampleUsage`. */
  usage(): readonly WorkerUsage[];
  sampleUsage(): Promise<void>;
  /** Ends a worker as a crash would; it is started again. For tests of faults. */
  killWorker(name: string): void;
  /** Finishes what is under way within `limit` milliseconds (default 2000), then ends the workers. Idempotent. */
  close(limit?: number): Promise<void>;
}

const effects: Record<Exclude<LiveTask, 'embed-enhanced'>, string> = {
  detect: 'no face can be found',
  denoise: 'faces are not enhanced',
  superresolve: 'faces are not enhanced',
  embed: 'no face can be recognised',
  quality: 'recognisability is estimated from the inter-eye distance alone',
  fuse: 'the raw embedding stands alone (gate 1)',
};

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
    return entry && specOf(entry, source.folder, options.allowOutside ?? false);
  });
  const sizes: RegionSizes = (other ?? own).manifest.enhance?.sizes ?? defaultRegionSizes;
  const providers = options.providers ?? ['cpu'];
  const enhanceStages = [models.denoise, models.superresolve].filter((m) => m !== undefined).length;
  const without = new Set(options.without);
  if (without.has('raw') && without.has('enhanced')) {
    throw new RangeError('Cannot leave out both branches');
  }
  const plain = without.has('denoise') && without.has('superresolve');
  const enhances =
    !without.has('enhanced') &&
    !plain &&
    (enhanceStages === 2 ||
      (enhanceStages === 1 && (without.has('denoise') || without.has('superresolve'))));
  const cpuFirst = providers[0] === 'cpu';
  const log = options.log ?? silentLog;
  const engine = await Engine.create({
    workers: planWorkers(models, {
      options,
      providers,
      enhances,
      sides: sizes.map(({ size }) => size),
    }),
    clock: options.clock ?? systemClock,
    log,
    observer: options.observer ?? {},
    queueLimit: options.queueLimit ?? 64,
    maxBatch: { detect: 8, fuse: 8, embed: 8, enhance: cpuFirst ? 2 : 8, ...options.maxBatch },
    batchWindow: options.batchWindow ?? 4,
    requestTimeout: options.requestTimeout ?? 5000,
    hangTimeout: options.hangTimeout ?? 15_000,
  });
  report(log, engine.placements, disabled);
  return {
    detector(detectorOptions = {}) {
      return new ModelDetector(engine, needed(models.detect, 'detect'), detectorOptions);
    },
    enhancer() {
      if (enhances) return new ModelEnhancer(engine, sizes);
      return plain && !without.has('enhanced') ? new PlainEnlargement(sizes) : noEnhancer;
    },
    embedder: () =>
      new ModelEmbedder(engine, needed(models.embed, 'embed'), {
        enhanced: models['embed-enhanced']?.entry,
        quality: models.quality?.entry,
        fuse: models.fuse?.entry,
      }),
    fuser() {
      const learned = models.fuse && new ModelFuser(engine, models.fuse.entry);
      if (without.has('raw')) return new FixedFuser(0, learned);
      if (without.has('gate')) return new FixedFuser(0.5, learned);
      return learned ?? new FixedFuser(1);
    },
    providers: () => engine.placements,
    stamps: () =>
      engine.placements.map(({ model, task, sha256 }) => ({ name: model, task, sha256 })),
    calibration: models.fuse?.entry.calibration ?? models.embed?.entry.calibration,
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

/** Tasks whose models give pictures or boxes, whatever the recogniser is. */
function isPictureTask(task: LiveTask): boolean {
  return task === 'detect' || task === 'denoise' || task === 'superresolve';
}

/** The manifest that completes one without a detector. */
export async function completionOf(
  own: LoadedManifest,
  completeFrom: string | undefined,
): Promise<LoadedManifest | undefined> {
  if (completeFrom === undefined || findModel(own.manifest, 'detect') !== undefined) {
    return undefined;
  }
  return loadManifest(completeFrom);
}

function chooseModels(
  options: InferenceOptions,
  find: <T extends LiveTask>(task: T, name?: string) => ModelSpec<EntryOf<T>> | undefined,
): { models: ModelSet; disabled: DisabledTask[] } {
  const models: ModelSet = {};
  const disabled: DisabledTask[] = [];
  for (const task of liveTasks) {
    const choice = options.without?.some((part) => part === task) ? null : options.models?.[task];
    const spec = choice === null ? undefined : find(task, choice);
    if (spec !== undefined) {
      Object.assign(models, { [task]: spec });
    } else if (typeof choice === 'string') {
      throw new NightglassError(
        'MODEL_FILE_MISSING',
        `Cannot use the model ${choice}: the manifest ${options.manifestPath} has no ${task} model of that name`,
        { hint: 'See `nightglass models list`.' },
      );
    } else if (task !== 'embed-enhanced') {
      // Without an expert for enhanced pictures the recogniser sees both: nothing is missing.
      disabled.push({
        task,
        reason: choice === null ? 'left-out' : 'missing',
        effect: effects[task],
      });
    }
  }
  return { models, disabled };
}

function specOf<E extends ModelEntry>(
  entry: E,
  folder: string,
  allowOutside: boolean,
): ModelSpec<E> {
  return { entry, files: entry.variants.map(({ file }) => modelPath(folder, file, allowOutside)) };
}

function planWorkers(
  models: ModelSet,
  context: {
    options: InferenceOptions;
    providers: readonly ProviderName[];
    enhances: boolean;
    sides: readonly number[];
  },
): WorkerPlan[] {
  const { options, providers, enhances, sides } = context;
  const { detect, denoise, superresolve, embed, quality, fuse } = models;
  const embedEnhanced = models['embed-enhanced'];
  const detection: ModelSet = detect === undefined ? {} : { detect };
  const faces: ModelSet = {
    ...(enhances && denoise && { denoise }),
    ...(enhances && superresolve && { superresolve }),
    ...(embed && { embed }),
    ...(embed && embedEnhanced && { 'embed-enhanced': embedEnhanced }),
    ...(embed && quality && { quality }),
    ...(fuse && { fuse }),
  };
  const fit = fitInput(
    options.warmUpPicture ?? { width: 640, height: 360 },
    detect?.entry.input ?? { width: null, height: null },
    { inputWidth: 640, maxUpscale: 1 },
  );
  const plan = (name: string, set: ModelSet): WorkerPlan => ({
    name,
    operations: operationsOf(set),
    setup: {
      models: set,
      providers,
      precision: options.precision ?? 'auto',
      threads: options.threads ?? 1,
      regionSides: sides,
      detectWidth: fit.inputWidth,
      detectHeight: fit.inputHeight,
      warmUp: options.warmUp ?? true,
    } satisfies WorkerSetup,
  });
  const count = options.workers ?? Math.min(2, availableParallelism());
  const plans =
    count <= 1
      ? [plan('all', { ...detection, ...faces })]
      : [
          plan('detect', detection),
          ...Array.from({ length: count - 1 }, (_, i) =>
            plan(i === 0 ? 'faces' : `faces-${i + 1}`, faces),
          ),
        ];
  return plans.filter(({ operations }) => operations.length > 0);
}

/** What a set of models can do, most urgent first; recognising a face goes before enhancing the next. */
function operationsOf(set: ModelSet): Operation[] {
  return [
    ...(set.detect ? (['detect'] as const) : []),
    ...(set.fuse ? (['fuse'] as const) : []),
    ...(set.embed ? (['embed'] as const) : []),
    ...(set.denoise || set.superresolve ? (['enhance'] as const) : []),
  ];
}

function needed<T extends LiveTask>(spec: ModelSpec<EntryOf<T>> | undefined, task: T): EntryOf<T> {
  if (spec !== undefined) return spec.entry;
  throw new NightglassError(
    'MODEL_FILE_MISSING',
    `Cannot ${task}: the manifest has no ${task} model`,
    { hint: 'Use a manifest that has one.' },
  );
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
