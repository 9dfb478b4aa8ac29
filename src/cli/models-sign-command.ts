import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { NightglassError } from '../domain/errors.ts';
import { signManifest } from '../inference/model-signature.ts';
import { verifyModels } from '../inference/verify-models.ts';
import { fingerprintOf } from '../store/evidence-key.ts';

/** `nightglass models sign` */
export function registerModelsSign(models: Command): void {
  models
    .command('sign')
    .description('sign the manifest of a folder of models, which holds the hash of each file')
    .argument('<folder>', 'folder with a manifest.json')
    .requiredOption('--key <file>', 'private key, Ed25519 in PEM, readable by its owner alone')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (folder: string, options: { key: string; json?: boolean }) => {
      const key = readSigningKey(options.key);
      const manifest = join(resolve(folder), 'manifest.json');
      const faulty = (await verifyModels(manifest)).find(({ fault }) => fault !== null);
      if (faulty?.fault) {
        throw new NightglassError(
          faulty.fault.code as 'MODEL_HASH_MISMATCH',
          `Cannot sign these models: ${faulty.fault.message}`,
        );
      }
      const signature = await signManifest(manifest, key);
      const fingerprint = fingerprintOf(createPublicKey(key));
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ signature, key: fingerprint })}\n`
          : `${signature} is signed with key ${fingerprint}\n`,
      );
    });
}

/** @throws NightglassError `SECRET_MISSING` for a file that others may read, or that is no such key */
function readSigningKey(file: string): KeyObject {
  let pem: string;
  let mode: number;
  try {
    const handle = openSync(file, 'r');
    try {
      mode = fstatSync(handle).mode;
      pem = readFileSync(handle, 'utf8');
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw refusal(file, `it cannot be read (${code ?? 'unknown error'})`);
  }
  if ((mode & 0o077) !== 0) throw refusal(file, 'others than its owner may read it');
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below, without what the file holds.
  }
  throw refusal(file, 'it holds no private Ed25519 key in PEM');
}

function refusal(file: string, why: string): NightglassError {
  return new NightglassError('SECRET_MISSING', `Cannot sign with ${file}: ${why}`, {
    hint: 'Make one with "(umask 077; openssl genpkey -algorithm ed25519 -out KEY)"; an existing one needs mode 0600.',
  });
}
