import { availableParallelism } from 'node:os';
import { NightglassError } from '../domain/errors.ts';
import { fitInput } from './detector.ts';
import {
  findDenoiser,
  findModel,
  type LoadedManifest,
  loadManifest,
  modelPath,
} from './manifest.ts';
import type { EntryOf, ModelEntry, Precision } from './manifest-schema.ts';
import type { ModelSet, ModelSpec, Operation, ProviderName, WorkerSetup } from './protocol.ts';
import type { WorkerPlan } from './worker-slot.ts';

/** Tasks that the live path uses. */
const liveTasks = [
  'detect',
  'align',
  'denoise',
  'superresolve',
  'embed',
  'embed-enhanced',
  'quality',
  'occlusion',
  'fuse',
] as const;
export type LiveTask = (typeof liveTasks)[number];

/** Parts of the chain that can be left out. */
export const ablations = ['align', 'denoise', 'superresolve', 'enhanced', 'raw', 'gate'] as const;
export type Ablation = (typeof ablations)[number];

/** Which models are loaded, and how they are spread over worker threads. */
export interface ModelOptions {
  readonly manifestPath: string;
  /** Let the manifest name files outside its own folder. Default false. */
  readonly allowOutside?: boolean | undefined;
  /** Default `auto`: see `chooseVariant`. */
  readonly precision?: Precision | 'auto';
  /** Threads: 1 does all; 2 (default) one for detection, one for faces; more add threads for faces. */
  readonly workers?: number;
  /** Threads for detection where it has one of its own; default 1. */
  readonly detectors?: number;
  /** Threads within an operator; default 1. */
  readonly threads?: number;
  /** Which model does a task, by name; null leaves the task out. Default: the first of the manifest. */
  readonly models?: Partial<Record<LiveTask, string | null>>;
  /** Denoisers of single cameras, by name or file; they come from the manifest that gives the usual one. */
  readonly denoisers?: readonly string[];
  /**
   * What to leave out of the chain, to find out what it is worth. `denoise` and `superresolve`
   * together leave the enlarged crop, which the enhanced branch then sees; `enhanced` and `raw`
   * leave the other branch alone; without `gate` the branches are averaged.
   */
  readonly without?: readonly Ablation[];
  /** Load the detector alone: whoever asks has faces recognised elsewhere. Default false. */
  readonly detectorAlone?: boolean;
  /** Run every model once before `createInference` returns. Default true. */
  readonly warmUp?: boolean;
  /** Let all other threads go first, on Linux. Default false. */
  readonly yields?: boolean;
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

const effects: Record<Exclude<LiveTask, 'embed-enhanced' | 'align'>, string> = {
  detect: 'no face can be found',
  denoise: 'faces are not enhanced',
  superresolve: 'faces are not enhanced',
  embed: 'no face can be recognised',
  quality: 'recognisability is estimated from the inter-eye distance alone',
  occlusion: 'masks, dark glasses and headwear are not found',
  fuse: 'the raw embedding stands alone (gate 1)',
};

/** Tasks whose models see pictures, whatever the recogniser is. */
const pictureTasks: readonly LiveTask[] = [
  'detect',
  'align',
  'denoise',
  'superresolve',
  'occlusion',
];

export function isPictureTask(task: LiveTask): boolean {
  return pictureTasks.includes(task);
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

/** The model of each task, and the tasks that have none. @throws NightglassError `MODEL_FILE_MISSING` */
export function chooseModels(
  options: ModelOptions,
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
    } else if (task !== 'embed-enhanced' && task !== 'align') {
      // Without an expert for enhanced pictures the recogniser sees both, without an aligner the
      // detector's landmarks stand: nothing is missing.
      disabled.push({
        task,
        reason: choice === null ? 'left-out' : 'missing',
        effect: effects[task],
      });
    }
  }
  return { models, disabled };
}

/**
 * The denoisers that cameras name, each once, by what they are named.
 * @throws NightglassError `MODEL_FILE_MISSING`
 */
export function chooseDenoisers(
  { denoisers: wanted = [], allowOutside }: Pick<ModelOptions, 'denoisers' | 'allowOutside'>,
  { manifest, folder }: LoadedManifest,
): Map<string, ModelSpec<EntryOf<'denoise'>>> {
  const chosen = new Map<string, ModelSpec<EntryOf<'denoise'>>>();
  const byName = new Map<string, ModelSpec<EntryOf<'denoise'>>>();
  for (const name of wanted) {
    const entry = findDenoiser(manifest, name);
    if (entry === undefined) {
      throw new NightglassError(
        'MODEL_FILE_MISSING',
        `Cannot use the denoiser ${name}: ${folder} has no variant of the denoiser of that name or file`,
        {
          hint: 'See `nightglass models list`; variants are made by training.adapt (docs/cameras.md).',
        },
      );
    }
    const spec = byName.get(entry.name) ?? specOf(entry, folder, allowOutside);
    byName.set(entry.name, spec);
    chosen.set(name, spec);
  }
  return chosen;
}

export function specOf<E extends ModelEntry>(
  entry: E,
  folder: string,
  allowOutside = false,
): ModelSpec<E> {
  return { entry, files: entry.variants.map(({ file }) => modelPath(folder, file, allowOutside)) };
}

/** Which worker loads what. */
export function planWorkers(
  models: ModelSet,
  context: {
    options: ModelOptions;
    providers: readonly ProviderName[];
    enhances: boolean;
    sides: readonly number[];
    denoisers: readonly ModelSpec<EntryOf<'denoise'>>[];
  },
): WorkerPlan[] {
  const { options, providers, enhances, sides, denoisers } = context;
  const { detect, align, denoise, superresolve, embed, quality, occlusion, fuse } = models;
  const embedEnhanced = models['embed-enhanced'];
  const detection: ModelSet = detect === undefined ? {} : { detect };
  const faces: ModelSet = options.detectorAlone
    ? {}
    : {
        ...(embed && align && { align }),
        ...(enhances && denoise && { denoise }),
        ...(enhances && superresolve && { superresolve }),
        ...(embed && { embed }),
        ...(embed && embedEnhanced && { 'embed-enhanced': embedEnhanced }),
        ...(embed && quality && { quality }),
        ...(embed && occlusion && { occlusion }),
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
      denoisers: set.denoise === undefined ? [] : denoisers,
      providers,
      precision: options.precision ?? 'auto',
      threads: options.threads ?? 1,
      regionSides: sides,
      detectWidth: fit.inputWidth,
      detectHeight: fit.inputHeight,
      warmUp: options.warmUp ?? true,
      yields: options.yields ?? false,
    } satisfies WorkerSetup,
  });
  const count = options.workers ?? Math.min(2, availableParallelism());
  const plans =
    count <= 1
      ? [plan('all', { ...detection, ...faces })]
      : [
          ...numbered('detect', options.detectors ?? 1).map((name) => plan(name, detection)),
          ...numbered('faces', count - 1).map((name) => plan(name, faces)),
        ];
  return plans.filter(({ operations }) => operations.length > 0);
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => (at === 0 ? name : `${name}-${at + 1}`));
}

/** What a set of models can do, most urgent first; recognising a face goes before enhancing the next. */
function operationsOf(set: ModelSet): Operation[] {
  return [
    ...(set.detect ? (['detect'] as const) : []),
    ...(set.fuse ? (['fuse'] as const) : []),
    ...(set.embed ? (['embed'] as const) : []),
    ...(set.align ? (['align'] as const) : []),
    ...(set.denoise || set.superresolve ? (['enhance'] as const) : []),
  ];
}

export function needed<T extends LiveTask>(
  spec: ModelSpec<EntryOf<T>> | undefined,
  task: T,
): EntryOf<T> {
  if (spec !== undefined) return spec.entry;
  throw new NightglassError(
    'MODEL_FILE_MISSING',
    `Cannot ${task}: the manifest has no ${task} model`,
    { hint: 'Use a manifest that has one.' },
  );
}
