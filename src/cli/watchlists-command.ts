import type { Command } from 'commander';
import { gatewayOptions } from './gateway-options.ts';
import type { PutInForceOptions, WatchlistsOptions } from './watchlists-remote.ts';
import { wholeNumber } from './whole-number.ts';

const whose = 'of a watchlist, as "nightglass watchlists list" shows it';

/** `nightglass watchlists list|changes|put-in-force` */
export function registerWatchlists(program: Command): void {
  const lists = program
    .command('watchlists')
    .description('whether watchlists are in force, and their review, of a running Nightglass');
  const asking = (command: Command) =>
    gatewayOptions(command).option('--json', 'print JSON instead of sentences');

  asking(lists.command('list'))
    .description('list watchlists and whether they match')
    .action(async (options: WatchlistsOptions) => {
      const { listWatchlists } = await import('./watchlists-remote.ts');
      await listWatchlists(options);
    });
  asking(lists.command('changes'))
    .description('show what of a watchlist waits for review')
    .argument('<id>', whose)
    .action(async (id: string, options: WatchlistsOptions) => {
      const { showChanges } = await import('./watchlists-remote.ts');
      await showChanges(id, options);
    });
  asking(lists.command('put-in-force'))
    .description('say that a watchlist was reviewed, and put it in force')
    .argument('<id>', whose)
    .requiredOption(
      '--revision <n>',
      'the revision that was looked at, as "watchlists changes" shows it',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--note <text>', 'for the record')
    .action(async (id: string, options: PutInForceOptions) => {
      const { putInForce } = await import('./watchlists-remote.ts');
      await putInForce(id, options);
    });
}
