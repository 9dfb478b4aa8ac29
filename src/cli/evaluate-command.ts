import { type Command, Option } from 'commander';
import type { EvaluateOptions } from '../../tools/evaluation/run-evaluation.ts';
import { providerNames } from '../inference/protocol.ts';
import { type ModelChoice, manifestOf } from './manifest-choice.ts';
import { showProgress } from './progress.ts';
import { wholeNumber } from './whole-number.ts';

const parts = ['align', 'denoise', 'superresolve', 'enhanced', 'raw', 'gate', 'fusion'] as const;

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
    .option(
      '--strangers <place>',
      'pictures of people who are not enrolled: a folder as for --probes, or a .json list',
    )
    .addOption(new Option('--without <part...>', 'leave parts of the chain out').choices(parts))
    .option(
      '--ablations',
      'single frames again without each part, and with own landmarks, for the report',
    )
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
      new Option('--precision <name>', 'of the weights')
        .choices(['auto', 'fp32', 'fp16', 'int8'])
        .default('auto'),
    )
    .option('--workers <n>', 'inference threads (default: one a core)', wholeNumber(1, 64))
    .option('--json', 'print the whole result as JSON')
    .action(async (options: Omit<EvaluateOptions, 'manifest' | 'showProgress'> & ModelChoice) => {
      const { runEvaluation } = await import('../../tools/evaluation/run-evaluation.ts');
      await runEvaluation({ ...options, manifest: manifestOf(options), showProgress });
    });
}
