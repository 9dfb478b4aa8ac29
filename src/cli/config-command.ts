import type { Command } from 'commander';
import { idleSettings } from '../config/idle-config.ts';
import { loadConfig } from '../config/load-config.ts';
import { readSecret } from '../config/secret.ts';
import type { ReloadOptions } from './reload-configuration.ts';

/** `nightglass config check`, `nightglass config reload` */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('work with configuration files');
  config
    .command('check')
    .description('validate a configuration file and the secrets it names')
    .requiredOption('-c, --config <file>', 'configuration file (YAML)')
    .option('--no-secrets', 'do not look whether the secrets are there')
    .option('--json', 'print a JSON object instead of a sentence')
    .action((options: { config: string; secrets: boolean; json?: boolean }) => {
      const loaded = loadConfig(options.config);
      if (options.secrets) {
        loaded.config.cameras.forEach((camera, index) => {
          if (camera.password !== undefined && camera.enabled) {
            readSecret(camera.password, `cameras[${index}].password`, loaded.baseDir);
          }
        });
      }
      const warnings = idleSettings(loaded.config, Date.now()).map(
        ({ key, message }) => `${key}: ${message}`,
      );
      const cameras = loaded.config.cameras.length;
      const watchlists = loaded.config.watchlists.length;
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ valid: true, cameras, watchlists, hash: loaded.hash, warnings })}\n`
          : `${options.config}: valid, ${cameras} camera(s), ${watchlists} watchlist(s)\n`,
      );
      if (options.json !== true) {
        for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
      }
    });
  config
    .command('reload')
    .description('let a running Nightglass read cameras and watchlists of its file again')
    .option('--address <url>', 'where it answers', 'http://127.0.0.1:8480')
    .option('--force', 'also where the file names no camera any more, and all of them would stop')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (options: ReloadOptions) => {
      const { reloadConfiguration } = await import('./reload-configuration.ts');
      await reloadConfiguration(options);
    });
}
