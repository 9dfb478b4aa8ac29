import { availableParallelism } from 'node:os';
import { detectInStill } from '../../src/app/detect-in-still.ts';
import { shippedManifest } from '../../src/app/shipped-files.ts';
import { NightglassError } from '../../src/domain/errors.ts';
import type { ImageCodec } from '../../src/domain/frame/image-codec.ts';
import { createInference } from '../../src/inference/inference.ts';
import type { PoorViewSettings, Precision } from '../../src/inference/manifest-schema.ts';
import type { Ablation } from '../../src/inference/plan-models.ts';
import type { ModelPlacement, ProviderName } from '../../src/inference/protocol.ts';
import { poorViewMaker } from '../../src/services/faces/poor-view.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { type AblationRun, runAblations } from './ablations.ts';
import type { EvaluationPorts } from './acquire-faces.ts';
import { readDump } from './dump.ts';
import {
  type AcquiredProtocol,
  acquireProtocol,
  type Evaluation,
  judgeAcquired,
} from './evaluate.ts';
import { folderProtocol, loadProtocol, type Protocol, withStrangers } from './protocol.ts';
import { markdownReport, writeReport } from './report.ts';

/** Parts that the command leaves out. */
export type EvaluationPart = Ablation | 'fusion';

export interface EvaluateOptions {
  readonly protocol?: string;
  readonly gallery?: string;
  readonly probes?: string;
  readonly tracks?: boolean;
  readonly landmarks: 'given' | 'own';
  readonly strangers?: string;
  readonly without?: readonly EvaluationPart[];
  readonly ablations?: boolean;
  readonly levels?: string;
  readonly dump?: string;
  readonly compare?: string;
  readonly report?: string;
  readonly manifest: string;
  readonly provider: ProviderName;
  readonly precision: Precision | 'auto';
  readonly workers?: number;
  readonly json?: boolean;
  /** Shows how far a piece of the work has come. */
  readonly showProgress: (what: string) => { update(share: number): void; done(): void };
}

/** Evaluates as the options ask, prints and writes the report. @throws NightglassError */
export async function runEvaluation(options: EvaluateOptions): Promise<void> {
  const protocol = await protocolOf(options);
  const compare = options.compare === undefined ? undefined : await readDump(options.compare);
  const without = ablationsOf(options.without ?? []);
  if (options.ablations === true && (without.length > 0 || options.landmarks === 'own')) {
    throw usage('--ablations compares with the whole chain: leave --without and --landmarks out');
  }
  const started = performance.now();
  const codec = createImageCodec();
  const { acquired, models, poorViews } = await acquireAll(options, protocol, without, codec);
  const evaluation = judgeAcquired(acquired, {
    protocol,
    landmarks: options.landmarks,
    ...(compare && { compare }),
    poorViews,
  });
  const ablations =
    options.ablations === true
      ? await ablate(options, { protocol, acquired, evaluation, codec, poorViews })
      : [];
  const context = {
    command: `nightglass ${process.argv.slice(2).map(quoted).join(' ')}`,
    date: new Date(),
    models,
    without,
    ablations,
    seconds: (performance.now() - started) / 1000,
  };
  if (options.report !== undefined) {
    const files = await writeReport(options.report, evaluation, context);
    process.stderr.write(`wrote ${files.join(', ')}\n`);
  }
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ ...context, ...evaluation })}\n`
      : markdownReport(evaluation, context),
  );
}

async function acquireAll(
  options: EvaluateOptions,
  protocol: Protocol,
  without: readonly Ablation[],
  codec: ImageCodec,
) {
  const { landmarks, levels, dump } = options;
  const needsDetector =
    landmarks === 'own' ||
    [...protocol.gallery, ...protocol.strangers].some((entry) => entry.landmarks === undefined);
  const progress = options.showProgress('evaluate');
  return withChain(options, { without, needsDetector }, async (ports, models, poorViews) => {
    const acquired = await acquireProtocol({
      protocol,
      codec,
      ports,
      landmarks,
      ...(levels === undefined ? {} : { levels: levels.split(',') }),
      ...(dump === undefined ? {} : { dump }),
      onProgress: (share) => progress.update(share),
    });
    progress.done();
    return { acquired, models, poorViews };
  });
}

function ablate(
  options: EvaluateOptions,
  {
    acquired,
    evaluation,
    ...main
  }: {
    readonly protocol: Protocol;
    readonly acquired: AcquiredProtocol;
    readonly evaluation: Evaluation;
    readonly codec: ImageCodec;
    readonly poorViews: PoorViewSettings | undefined;
  },
): Promise<AblationRun[]> {
  const bars = new Map<string, ReturnType<EvaluateOptions['showProgress']>>();
  const barOf = (title: string) => {
    const bar = bars.get(title) ?? options.showProgress(title);
    bars.set(title, bar);
    return bar;
  };
  return runAblations(acquired, evaluation, {
    ...main,
    withPorts: (plan, use) =>
      withChain(options, { without: plan.without, needsDetector: plan.again === 'all' }, use),
    onProgress: (title, share) => {
      barOf(title).update(share);
      if (share === 1) barOf(title).done();
    },
  });
}

/** Loads the models, and closes them when the work is done. */
async function withChain<T>(
  options: EvaluateOptions,
  { without, needsDetector }: { without: readonly Ablation[]; needsDetector: boolean },
  work: (
    ports: EvaluationPorts,
    models: readonly ModelPlacement[],
    poorViews: PoorViewSettings | undefined,
  ) => Promise<T>,
): Promise<T> {
  const inference = await createInference({
    manifestPath: options.manifest,
    completeFrom: shippedManifest,
    providers: [options.provider],
    precision: options.precision,
    // One thread for detection, which faces then wait for, and one a core for them.
    workers: (options.workers ?? availableParallelism()) + 1,
    without,
    models: needsDetector ? {} : { detect: null },
    // Throughput counts here, not how long a face waits.
    requestTimeout: 120_000,
    hangTimeout: 120_000,
  });
  try {
    const detector = needsDetector ? inference.detector({ inputWidth: 640 }) : undefined;
    const faces = {
      find: detector === undefined ? () => Promise.resolve([]) : detectInStill(detector),
      aligner: inference.aligner(),
      enhancer: inference.enhancer(),
      embedder: inference.embedder(),
      fuser: inference.fuser(),
    };
    const ports = { ...faces, poorViews: poorViewMaker(inference.poorView, faces) };
    return await work(ports, inference.providers(), inference.poorView);
  } finally {
    await inference.close();
  }
}

/** `fusion` is the older name of `gate`. */
function ablationsOf(parts: readonly EvaluationPart[]): readonly Ablation[] {
  const without = [...new Set(parts.map((part) => (part === 'fusion' ? 'gate' : part)))];
  if (without.includes('raw') && without.includes('enhanced')) {
    throw usage('Cannot leave out both branches, raw and enhanced');
  }
  return without;
}

async function protocolOf(options: EvaluateOptions): Promise<Protocol> {
  const protocol = await probesOf(options);
  const { strangers, tracks } = options;
  return strangers === undefined ? protocol : withStrangers(protocol, strangers, tracks === true);
}

async function probesOf({ protocol, gallery, probes, tracks }: EvaluateOptions) {
  if (protocol !== undefined) {
    if (gallery !== undefined || probes !== undefined) {
      throw usage('--protocol names gallery and probes already');
    }
    return loadProtocol(protocol);
  }
  if (gallery === undefined || probes === undefined) {
    throw usage('give --protocol, or --gallery and --probes');
  }
  return folderProtocol({ gallery, probes, tracks: tracks === true });
}

function usage(message: string): NightglassError {
  return new NightglassError('USAGE', message, { hint: 'See `nightglass evaluate --help`.' });
}

function quoted(argument: string): string {
  return /^[\w./,=:@-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
