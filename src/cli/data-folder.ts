import { resolve } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { NightglassError } from '../domain/errors.ts';

export interface DataFolderOptions {
  readonly config?: string;
  readonly data?: string;
}

/** The data folder that a command works on: `--data`, else that of the configuration file. */
export function dataFolderOf(options: DataFolderOptions): string {
  if (options.data !== undefined) return resolve(options.data);
  if (options.config !== undefined) {
    const { config, baseDir } = loadConfig(options.config);
    return resolve(baseDir, config.data);
  }
  throw new NightglassError('USAGE', 'Cannot tell which data folder is meant', {
    hint: 'Give -c FILE (the configuration) or --data DIR.',
  });
}
