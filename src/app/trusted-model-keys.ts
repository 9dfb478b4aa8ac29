import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NightglassError } from '../domain/errors.ts';
import { publicKeyOf } from '../inference/model-signature.ts';

/**
 * The keys of `models.trusted`; empty where any models may be used.
 * @param baseDir relative paths start here
 * @throws NightglassError `CONFIG_INVALID` for a file that holds no public Ed25519 key
 */
export function trustedModelKeys(
  models: { readonly trusted: readonly string[] },
  baseDir: string,
): KeyObject[] {
  return models.trusted.map((name, index) => {
    const file = resolve(baseDir, name);
    let key: KeyObject | undefined;
    try {
      key = publicKeyOf(readFileSync(file, 'utf8'));
    } catch {
      key = undefined;
    }
    if (key !== undefined) return key;
    throw new NightglassError(
      'CONFIG_INVALID',
      `Cannot use models.trusted[${index}]: ${file} holds no public Ed25519 key in PEM`,
      { hint: 'Make one with "openssl pkey -in KEY -pubout"; see docs/own-recogniser.md.' },
    );
  });
}
