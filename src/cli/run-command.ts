import type { Command } from 'commander';
import { reexecWithMallocSettings } from './reexec-with-malloc-settings.ts';
import type { RunOptions } from './run-cameras.ts';

/** `nightglass run` */
export function registerRun(program: Command): void {
  program
    .command('run')
    .description('analyse the cameras of a configuration file until stopped')
    .requiredOption('-c, --config <file>', 'configuration file (YAML); see config/example.yaml')
    .option(
      '--roles <list>',
      'what this process does of the whole: "ingest,inference", "ingest", "inference", "matching,control", "control" or "matching"; default all',
    )
    .option('--json', 'print one JSON object when ready instead of a sentence')
    .addHelpText(
      'after',
      '\nSIGHUP reads cameras and watchlists of the file again. SIGINT and SIGTERM end in order\nwithin five seconds; a second signal ends at once.',
    )
    .action(async (options: RunOptions) => {
      reexecWithMallocSettings();
      const { runCameras } = await import('./run-cameras.ts');
      await runCameras(options);
    });
}
