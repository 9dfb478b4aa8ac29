import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { startNightglass } from '../pipeline.ts';
import { createLogger } from './logger.ts';
import { closeOnSignal } from './shutdown.ts';

/** `nightglass run` */
export function registerRun(program: Command): void {
  program
    .command('run')
    .description('analyse the cameras of a configuration file until stopped')
    .requiredOption('-c, --config <file>', 'configuration file (YAML); see config/example.yaml')
    .option('--json', 'print one JSON object when ready instead of a sentence')
    .addHelpText(
      'after',
      '\nSIGHUP reads cameras and watchlists of the file again. SIGINT and SIGTERM end in order\nwithin five seconds; a second signal ends at once.',
    )
    .action(async (options: { config: string; json?: boolean }) => {
      const loaded = loadConfig(options.config);
      const log = createLogger(loaded.config.log.level);
      const starting = startNightglass({
        loaded,
        readAgain: () => loadConfig(options.config),
        log,
      });
      closeOnSignal({
        close: async () => (await starting.catch(() => undefined))?.close(),
        say: (line) => log.info(line),
      });
      const nightglass = await starting;
      process.on('SIGHUP', () => {
        nightglass.reload().catch((error: unknown) => {
          log.error({ err: error }, 'Cannot reload; the configuration before stays in force');
        });
      });
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ ready: true, address: nightglass.address })}\n`
          : `Nightglass is ready: ${nightglass.address}\n`,
      );
    });
}
