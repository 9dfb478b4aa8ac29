import type { Command } from 'commander';
import type { EnrolOptions } from './enrol-person.ts';
import { wholeNumber } from './whole-number.ts';

/** `nightglass enrol` */
export function registerEnrol(program: Command): void {
  program
    .command('enrol')
    .description('put a person on a watchlist from pictures; a running Nightglass sees it at once')
    .argument('<images...>', 'pictures of one person, or folders of them')
    .requiredOption('--list <id>', 'watchlist, by its id or name')
    .requiredOption('--name <name>', "the person's name as alerts show it")
    .option('--note <text>', 'anything reviewers should know')
    .option(
      '--face <number>',
      'which face of the picture, where it shows several: the largest is 1',
      wholeNumber(1, 100),
    )
    .option('-c, --config <file>', 'configuration file, for its data folder and models')
    .option('--data <dir>', 'data folder')
    .option('--manifest <file>', 'model manifest (default: as configured, else those that ship)')
    .option('--json', 'print the outcome as JSON')
    .action(async (images: string[], options: EnrolOptions) => {
      const { enrolPerson } = await import('./enrol-person.ts');
      await enrolPerson(images, options);
    });
}
