import { loadConfig } from '../config/load-config.ts';
import { readStoreUrl } from '../config/store-config.ts';
import { openStore } from '../store/postgres/open-store.ts';
import type { Store, StoreOptions } from '../store/store.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';

/** Opens the store that a command works on: where the configuration says, else in the data folder. */
export function openStoreOf(
  options: DataFolderOptions,
  more: Omit<StoreOptions, 'dataDir'> = {},
): Store {
  return openStore({ dataDir: dataFolderOf(options), ...more }, storeUrlOf(options));
}

/** Address of the records in PostgreSQL, with its login; undefined where they are in SQLite. */
export function storeUrlOf({ config: file }: DataFolderOptions): string | undefined {
  if (file === undefined) return undefined;
  const { config, baseDir } = loadConfig(file);
  return readStoreUrl(config.store.url, baseDir, process.env);
}
