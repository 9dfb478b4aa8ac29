import { resolve } from 'node:path';
import { shippedManifest } from '../app/shipped-files.ts';
import { loadConfig } from '../config/load-config.ts';

export interface ModelChoice {
  readonly manifest?: string;
  readonly config?: string;
}

/** Path of the manifest that is meant. */
export function manifestOf(choice: ModelChoice): string {
  if (choice.manifest !== undefined) return resolve(choice.manifest);
  if (choice.config !== undefined) {
    const { config, baseDir } = loadConfig(choice.config);
    if (config.models.manifest !== undefined) return resolve(baseDir, config.models.manifest);
  }
  return shippedManifest;
}
