import type { Command } from 'commander';
import { shippedFootage, shippedManifest } from '../app/shipped-files.ts';
import type { DemoOptions } from './demo.ts';
import { reexecWithMallocSettings } from './reexec-with-malloc-settings.ts';
import { wholeNumber } from './whole-number.ts';

/** `nightglass demo` */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('two virtual cameras with people who do not exist, two of them on a watchlist')
    .option('--port <port>', 'port of the dashboard, loopback only', wholeNumber(0, 65_535), 8480)
    .option('--data <dir>', 'folder for the database', 'data/demo')
    .option('--footage <dir>', 'folder of the rendered footage', shippedFootage)
    .option('--manifest <file>', 'model manifest', shippedManifest)
    .option('--verbose', 'log to standard error')
    .option('--json', 'print one JSON object when ready instead of sentences')
    .action(async (options: DemoOptions) => {
      reexecWithMallocSettings();
      const { runDemo } = await import('./demo.ts');
      await runDemo(options);
    });
}
