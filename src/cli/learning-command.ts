import type { Command } from 'commander';
import type { LearningExportOptions, LearningOptions } from './learning-samples.ts';

/** `nightglass learning list|export|exclude|include` */
export function registerLearning(program: Command): void {
  const learning = program
    .command('learning')
    .description(
      'poor faces of confirmed alerts, for training; only where the configuration says so',
    );
  withConfig(learning.command('list'))
    .description('whose faces would be taken, from how many alerts, and who is excluded')
    .action(async (options: LearningOptions) => {
      const { listLearning } = await import('./learning-samples.ts');
      listLearning(options);
    });
  withConfig(learning.command('export'))
    .description(
      'write these faces, with one enrolled picture a person, into a new folder; recorded',
    )
    .argument('<folder>', 'made by this; whoever has it has the faces')
    .requiredOption('--reason <text>', 'what for, 3 to 1000 characters; goes into the audit log')
    .option('--manifest <file>', 'model manifest (default: as configured, else those that ship)')
    .action(async (folder: string, options: LearningExportOptions) => {
      const { exportLearning } = await import('./learning-samples.ts');
      await exportLearning(folder, options);
    });
  withConfig(learning.command('exclude'))
    .description('never take faces of this person from now on; recorded')
    .argument('<person>', 'id of the person')
    .action(async (person: string, options: LearningOptions) => {
      const { changeLearning } = await import('./learning-samples.ts');
      changeLearning('exclude', person, options);
    });
  withConfig(learning.command('include'))
    .description('take faces of an excluded person again; recorded')
    .argument('<person>', 'id of the person')
    .action(async (person: string, options: LearningOptions) => {
      const { changeLearning } = await import('./learning-samples.ts');
      changeLearning('include', person, options);
    });
}

function withConfig(command: Command): Command {
  return command
    .requiredOption(
      '-c, --config <file>',
      'configuration file, for `learning`, data folder and keys',
    )
    .option('--data <dir>', 'data folder, instead of that of the configuration')
    .option('--json', 'print a JSON object instead of sentences');
}
