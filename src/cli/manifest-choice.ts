import { resolve } from 'node:path';
import type { Command } from 'commander';
import { shippedManifest } from '../app/shipped-files.ts';
import { trustedModelKeys } from '../app/trusted-model-keys.ts';
import { loadConfig } from '../config/load-config.ts';
import { NightglassError } from '../domain/errors.ts';
import { type ModelPlaces, manifestInUse } from '../inference/installed-models.ts';

export interface ModelChoice {
  readonly manifest?: string;
  readonly config?: string;
  readonly data?: string;
}

/**
 * Path of the manifest that is meant: `--manifest`, else what `models use` chose for the data
 * folder, else the configured one, else the models that ship.
 */
export function manifestOf(choice: ModelChoice): string {
  if (choice.manifest !== undefined) return resolve(choice.manifest);
  const places = modelPlaces(choice);
  return places === undefined ? shippedManifest : manifestInUse(places.dataDir, places.configured);
}

/** Where the models of a data folder are looked for; undefined where none is named. */
export function modelPlaces({ config: file, data }: ModelChoice): ModelPlaces | undefined {
  const loaded = file === undefined ? undefined : loadConfig(file);
  const folder = data ?? (loaded && resolve(loaded.baseDir, loaded.config.data));
  if (folder === undefined) return undefined;
  const named = loaded?.config.models.manifest;
  return {
    dataDir: resolve(folder),
    configured: named === undefined ? shippedManifest : resolve(loaded?.baseDir ?? '', named),
    shipped: shippedManifest,
    trusted: loaded === undefined ? [] : trustedModelKeys(loaded.config.models, loaded.baseDir),
  };
}

/** The same. @throws NightglassError `USAGE` where no data folder is named */
export function placesOf(choice: ModelChoice): ModelPlaces {
  const places = modelPlaces(choice);
  if (places !== undefined) return places;
  throw new NightglassError('USAGE', 'Cannot tell which data folder is meant', {
    hint: 'Give -c FILE (the configuration) or --data DIR.',
  });
}

/** Adds the options that name a data folder. */
export function withDataFolder(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration that names the data folder')
    .option('--data <dir>', 'data folder, instead of that of the configuration');
}
