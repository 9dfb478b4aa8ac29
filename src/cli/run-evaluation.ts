import { availableParallelism } from 'node:os';
import { readDump } from '../../tools/evaluation/dump.ts';
import { evaluate } from '../../tools/evaluation/evaluate.ts';
import { folderProtocol, loadProtocol } from '../../tools/evaluation/protocol.ts';
import { markdownReport, writeReport } from '../../tools/evaluation/report.ts';
import { findInImage } from '../app/find-in-image.ts';
import { NightglassError } from '../domain/errors.ts';
import { createInference } from '../inference/inference.ts';
import type { Precision } from '../inference/manifest-schema.ts';
import type { ProviderName } from '../inference/protocol.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { manifestOf } from './manifest-choice.ts';
import { showProgress } from './progress.ts';

export interface EvaluateOptions {
  readonly protocol?: string;
  readonly gallery?: string;
  readonly probes?: string;
  readonly tracks?: boolean;
  readonly landmarks: 'given' | 'own';
  readonly without?: readonly ('denoise' | 'superresolve' | 'fusion')[];
  readonly levels?: string;
  readonly dump?: string;
  readonly compare?: string;
  readonly report?: string;
  readonly manifest?: string;
  readonly provider: ProviderName;
  readonly precision: Precision | 'auto';
  readonly workers?: number;
  readonly json?: boolean;
}

/** Evaluates as the options ask, prints and writes the report. @throws NightglassError */
export async function runEvaluation(options: EvaluateOptions): Promise<void> {
  const protocol = await protocolOf(options);
  const compare = options.compare === undefined ? undefined : await readDump(options.compare);
  const without = options.without ?? [];
  const workers = options.workers ?? availableParallelism();
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
    const detector = needsDetector
      ? inference.detector({ inputWidth: 640, portraits: true })
      : undefined;
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

async function protocolOf({ protocol, gallery, probes, tracks }: EvaluateOptions) {
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
