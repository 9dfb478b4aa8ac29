import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { configuredReceivers } from '../app/configured-receivers.ts';
import { idleSettings } from '../config/idle-config.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { readTls } from '../config/read-tls.ts';
import { readSecret } from '../config/secret.ts';
import { readStoreKeys } from '../config/store-config.ts';
import { systemClock } from '../domain/clock.ts';
import { silentLog } from '../domain/log.ts';
import { expiresSoonMs } from '../domain/tls-material.ts';
import { StoreKeys } from '../store/encryption/store-keys.ts';
import { gatewayOptions } from './gateway-options.ts';
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
        const dataDir = resolve(loaded.baseDir, loaded.config.data);
        const reading = { dataDir, env: process.env, clock: systemClock, log: silentLog };
        const { oidc } = loaded.config.access;
        if (oidc?.secret !== undefined) {
          readSecret(oidc.secret, 'access.oidc.secret', loaded.baseDir);
        }
        configuredReceivers({ ...loaded, ...reading });
      }
      const now = Date.now();
      const warnings = [
        ...idleSettings(loaded.config, now).map(({ key, message }) => `${key}: ${message}`),
        ...(options.secrets ? [...tlsWarnings(loaded, now), ...storeWarnings(loaded)] : []),
      ];
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
  gatewayOptions(config.command('reload'))
    .description(
      'let a running Nightglass read cameras, watchlists and receivers of its file again',
    )
    .option('--force', 'also where the file names no camera any more, and all of them would stop')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (options: ReloadOptions) => {
      const { reloadConfiguration } = await import('./reload-configuration.ts');
      await reloadConfiguration(options);
    });
}

/** What of the gateway's certificate will not last, or is open to others. @throws NightglassError `TLS_INVALID` */
function tlsWarnings({ config, baseDir }: LoadedConfig, now: number): string[] {
  const { tls } = config.server;
  if (tls === undefined) return [];
  const { expiresAt } = readTls(tls, baseDir, process.env);
  const warnings: string[] = [];
  if (expiresAt - now <= expiresSoonMs) {
    const ends = expiresAt > now ? 'ends' : 'has ended';
    warnings.push(
      `server.tls.certificate: ${ends} on ${new Date(expiresAt).toISOString()}: renew it`,
    );
  }
  if ((statSync(resolve(baseDir, tls.key)).mode & 0o007) !== 0) {
    warnings.push(`server.tls.key: everybody on this machine can read ${tls.key}: chmod o= it`);
  }
  return warnings;
}

/** What of the store is open to who has its files. @throws NightglassError `STORE_KEY_*` */
function storeWarnings({ config, baseDir }: LoadedConfig): string[] {
  const found = readStoreKeys(config.store.encryption, baseDir, process.env);
  if (found === undefined) {
    return [
      'store.encryption: is off; who has a copy of the data folder sees every face in it (docs/security.md)',
    ];
  }
  StoreKeys.parse(found.text, found.place);
  return found.open
    ? [`store.encryption: everybody on this machine can read ${found.place}: chmod o= it`]
    : [];
}
