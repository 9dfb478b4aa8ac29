import { loadConfig } from '../config/load-config.ts';
import { readStoreKeys, type StoreKeyText } from '../config/store-config.ts';
import { StoreKeys } from '../store/encryption/store-keys.ts';
import type { StoreOptions } from '../store/store.ts';
import type { DataFolderOptions } from './data-folder.ts';

/**
 * The keys of the store that a command works on: those of the configuration, else of the file that
 * `NIGHTGLASS_STORE_KEY_FILE` names.
 * @throws NightglassError `STORE_KEY_MISSING`, `STORE_KEY_INVALID`
 */
export function storeKeysOf(options: DataFolderOptions): Pick<StoreOptions, 'keys'> {
  const text = storeKeyTextOf(options);
  return text === undefined ? {} : { keys: StoreKeys.parse(text.text, text.place) };
}

/** The same, as they stand where they are kept. @throws NightglassError `STORE_KEY_MISSING` */
export function storeKeyTextOf(options: DataFolderOptions): StoreKeyText | undefined {
  const { env } = process;
  if (options.config === undefined) return readStoreKeys(undefined, '.', env);
  const { config, baseDir } = loadConfig(options.config);
  return readStoreKeys(config.store.encryption, baseDir, env);
}
