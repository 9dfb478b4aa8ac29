import type { Command } from 'commander';
import { footageBounds } from '../domain/bounds.ts';
import type { FootageListOptions } from './footage-list.ts';
import type { FootageRunOptions } from './footage-run.ts';
import type { FootageSearchOptions } from './footage-search.ts';
import { wholeNumber } from './whole-number.ts';

/** `nightglass footage search` */
export function registerFootage(program: Command): void {
  const footage = program.command('footage').description('recorded footage');
  footage
    .command('search')
    .description('search video files for people of watchlists; recorded with the reason')
    .argument('<files...>', 'video files, and folders of such')
    .requiredOption('--list <ids...>', 'watchlists, by id or name')
    .requiredOption('--reason <text>', 'why, 3 to 1000 characters; goes into the audit log')
    .option('--start <time>', 'when the footage begins, ISO 8601; further files follow the first')
    .option('--out <dir>', 'new folder for the page with pictures of those found')
    .option('--quick', 'look at key pictures first: first results early, then the whole')
    .option(
      '--parallel <n>',
      'files read side by side (default: one a processor core)',
      wholeNumber(1, footageBounds.atOnce),
    )
    .option('-c, --config <file>', 'configuration file, for its data folder, models and limits')
    .option('--data <dir>', 'data folder')
    .option('--manifest <file>', 'model manifest (default: as configured, else those that ship)')
    .option('--json', 'print the sightings as JSON')
    .action(async (files: string[], options: FootageSearchOptions) => {
      const { footageSearch } = await import('./footage-search.ts');
      await footageSearch(files, options);
    });
  footage
    .command('resume')
    .description('go on with a search that was stopped or killed')
    .argument('<dir>', 'the folder that the search named with --out')
    .option(
      '--parallel <n>',
      'files read side by side (default: one a processor core)',
      wholeNumber(1, footageBounds.atOnce),
    )
    .option('-c, --config <file>', 'configuration file, for its data folder, models and limits')
    .option('--data <dir>', 'data folder')
    .option('--manifest <file>', 'model manifest (default: as configured, else those that ship)')
    .option('--json', 'print the sightings as JSON')
    .action(async (dir: string, options: FootageRunOptions) => {
      const { footageResume } = await import('./footage-search.ts');
      await footageResume(dir, options);
    });
  footage
    .command('list')
    .description('list the searches on record, the newest first')
    .option('-c, --config <file>', 'configuration file, for its data folder')
    .option('--data <dir>', 'data folder')
    .option('--json', 'print them as JSON')
    .action(async (options: FootageListOptions) => {
      const { listFootage } = await import('./footage-list.ts');
      listFootage(options);
    });
}
