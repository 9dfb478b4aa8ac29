import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { NightglassError } from '../errors.ts';
import { readDump } from '../evaluation/dump.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { folderProtocol, loadProtocol } from '../evaluation/protocol.ts';
import { markdownReport, writeReport } from '../evaluation/report.ts';
import { createInference } from '../inference/inference.ts';
import type { Precision } from '../inference/manifest-schema.ts';
import { type ProviderName, providerNames } from '../inference/protocol.ts';
import { findInImage } from '../pipeline/find-in-image.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { manifestOf } from './face-tools.ts';
import { showProgress } from './progress.ts';

interface Options {
  readonly protocol?: string;
  readonly gallery?: string;
  readonly probes?: string;
  readonly tracks?: boolean;
  readonly landmarks: 'given' | 'own';
  readonly without?: readonly Part[];
  readonly levels?: string;
  readonly dump?: string;
  readonly compare?: string;
  readonly report?: string;
  readonly manifest?: string;
  readonly provider: ProviderName;
  readonly precision: Precision | 'auto';
  readonly workers: string;
  readonly json?: boolean;
}

const parts = ['denoise', 'superresolve', 'fusion'] as const;
type Part = (typeof parts)[number];

/** `nightglass evaluate` */
export function registerEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('how well people are found: raw, enhanced and fused, single frames and tracks')
    .option('--protocol <file>', 'protocol.json with gallery and probes')
    .option('--gallery <dir>', 'folders named by identity, or pictures named by it')
    .option('--probes <dir>', 'the same, to be searched for')
    .option('--tracks', 'below each probe identity stands a folder a track')
    .addOption(
      new Option('--landmarks <which>', 'of the protocol, or found by the detector')
        .choices(['given', 'own'])
        .default('given'),
    )
    .addOption(new Option('--without <part...>', 'leave parts of the chain out').choices(parts))
    .option('--levels <list>', 'levels of the protocol, comma-separated (default: all)')
    .option('--dump <dir>', 'write the embeddings: raw, enhanced, fused, each g.f32, p.f32, dim')
    .option('--compare <dir>', 'g.f32, p.f32 and dim of another system on the same protocol')
    .option('--report <file>', 'write <file>.md, <file>.json and plots (an ending .md is cut off)')
    .option('--manifest <file>', 'model manifest (default: the models that ship with Nightglass)')
    .addOption(
      new Option('--provider <name>', 'what the models run on')
        .choices(providerNames)
        .default('cpu'),
    )
    .addOption(
      new Option('--precision <name>').choices(['auto', 'fp32', 'fp16', 'int8']).default('auto'),
    )
    .option('--workers <n>', 'inference threads', String(availableParallelism()))
    .option('--json', 'print the whole result as JSON')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const protocol = await protocolOf(options);
  const compare = options.compare === undefined ? undefined : await readDump(options.compare);
  const without = options.without ?? [];
  const workers = Number(options.workers);
  if (!Number.isInteger(workers) || workers < 1) throw usage('--workers is a whole number from 1');
  const started = performance.now();
  const needsDetector =
    options.landmarks === 'own' ||
    protocol.gallery.some(({ landmarks }) => landmarks === undefined);
  const inference = await createInference({
    manifestPath: manifestOf(options),
    providers: [options.provider],
    precision: options.precision,
    // One thread for detection, which faces then wait for, and one a core for them.
    workers: workers + 1,
    ablation: without.length > 0,
    models: {
      ...(needsDetector ? {} : { detect: null }),
      ...(without.includes('denoise') ? { denoise: null } : {}),
      ...(without.includes('superresolve') ? { superresolve: null } : {}),
      ...(without.includes('fusion') ? { fuse: null } : {}),
    },
    // Throughput counts here, not how long a face waits.
    requestTimeout: 120_000,
    hangTimeout: 120_000,
  });
  try {
    const progress = showProgress('evaluate');
    const detector = needsDetector ? inference.detector({ inputWidth: 640 }) : undefined;
    const evaluation = await evaluate({
      protocol,
      codec: createImageCodec(),
      ports: {
        find: detector === undefined ? () => Promise.resolve([]) : findInImage(detector),
        enhancer: inference.enhancer(),
        embedder: inference.embedder(),
        fuser: inference.fuser(),
      },
      landmarks: options.landmarks,
      ...(options.levels === undefined ? {} : { levels: options.levels.split(',') }),
      ...(options.dump === undefined ? {} : { dump: options.dump }),
      ...(compare === undefined ? {} : { compare }),
      onProgress: (share) => progress.update(share),
    });
    progress.done();
    const context = {
      command: `nightglass ${process.argv.slice(2).map(quoted).join(' ')}`,
      date: new Date(),
      models: inference.providers(),
      without,
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
  } finally {
    await inference.close();
  }
}

async function protocolOf({ protocol, gallery, probes, tracks }: Options) {
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
  return new NightglassError('USAGE', message, { mend: 'See `nightglass evaluate --help`.' });
}

function quoted(argument: string): string {
  return /^[\w./,=:@-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
