import { type Command, InvalidArgumentError } from 'commander';
import type { SearchOptions } from './search-lists.ts';

/** `nightglass search IMAGE` */
export function registerSearch(program: Command): void {
  program
    .command('search')
    .description('search the faces of a picture on the watchlists; recorded with the reason')
    .argument('<image>', 'JPEG, PNG, WebP or BMP file')
    .requiredOption('--reason <text>', 'why, 3 to 1000 characters; goes into the audit log')
    .option('--list <ids...>', 'watchlists, by id or name (default: all in force)')
    .option('--limit <n>', 'candidates a face and watchlist, 1 to 50', limit, 5)
    .option('-c, --config <file>', 'configuration file, for its data folder and models')
    .option('--data <dir>', 'data folder')
    .option('--manifest <file>', 'model manifest (default: as configured, else those that ship)')
    .option('--json', 'print the faces and their candidates as JSON')
    .action(async (image: string, options: SearchOptions) => {
      const { searchLists } = await import('./search-lists.ts');
      await searchLists(image, options);
    });
}

function limit(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 50) return number;
  throw new InvalidArgumentError('It must be a whole number from 1 to 50.');
}
