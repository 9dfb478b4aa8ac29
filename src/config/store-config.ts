import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { NightglassError } from '../domain/errors.ts';
import { readSecret, type SecretReference, secretReference } from './secret.ts';

export const storeConfig = {
  /** Address of a PostgreSQL database, with its login; without it the records are in SQLite. */
  url: secretReference.optional(),
  /** Without it what shows or describes a face is stored as it is. */
  encryption: z
    .strictObject({
      /** A key a line, the one in use first; relative to the configuration file. */
      keyFile: z.string().min(1).optional(),
      /** An environment variable that holds the same. */
      keyEnv: z.string().min(1).optional(),
    })
    .refine(({ keyFile, keyEnv }) => (keyFile === undefined) !== (keyEnv === undefined), {
      error: 'must name either a "keyFile" or a "keyEnv"',
    })
    .optional(),
};

/**
 * Reads the address of the database; undefined where none is configured.
 * @throws NightglassError `SECRET_MISSING`
 */
export function readStoreUrl(
  url: SecretReference | undefined,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  return url === undefined ? undefined : readSecret(url, 'store.url', baseDir, env);
}

/** Keys as they stand where they are kept. */
export interface StoreKeyText {
  readonly text: string;
  /** For messages: the file or the variable. */
  readonly place: string;
  /** Path of the file; undefined for a variable. */
  readonly file: string | undefined;
  /** Whether others than its owner and group may read the file. */
  readonly open: boolean;
}

type Encryption = z.output<(typeof storeConfig)['encryption']>;

/** Names a file of keys where no configuration does. */
const fileVariable = 'NIGHTGLASS_STORE_KEY_FILE';

/**
 * Reads the keys of the store; undefined where none are named.
 * @throws NightglassError `STORE_KEY_MISSING`
 */
export function readStoreKeys(
  encryption: Encryption,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): StoreKeyText | undefined {
  const { keyFile, keyEnv } = encryption ?? {};
  if (keyEnv !== undefined) {
    const text = env[keyEnv] ?? '';
    if (text === '') {
      throw missing(`the environment variable ${keyEnv} is not set`, `Set ${keyEnv} first.`);
    }
    return { text, place: keyEnv, file: undefined, open: false };
  }
  const file = keyFile === undefined ? env[fileVariable] : resolve(baseDir, keyFile);
  if (file === undefined || file === '') return undefined;
  try {
    const open = (statSync(file).mode & 0o007) !== 0;
    return { text: readFileSync(file, 'utf8'), place: file, file, open };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw missing(
      `the file ${file} cannot be read (${code})`,
      'Check the path and who may read it; "nightglass store keys create FILE" makes one for a new store.',
      cause,
    );
  }
}

function missing(why: string, hint: string, cause?: unknown): NightglassError {
  return new NightglassError('STORE_KEY_MISSING', `Cannot read the key of the store: ${why}`, {
    hint,
    cause,
  });
}
