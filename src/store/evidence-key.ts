import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NightglassError } from '../domain/errors.ts';
import { makeFolder } from './open-database.ts';

/** Stands beside the database, readable by its owner alone. */
export const evidenceKeyName = 'evidence-key.pem';

/** Signs exported cases. */
export interface EvidenceKey {
  /** The public half, PEM (SPKI). */
  readonly publicPem: string;
  /** SHA-256 over the public half's DER, hex: by this people compare keys. */
  readonly fingerprint: string;
  /** Ed25519 (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array;
}

/**
 * The key of a data folder, Ed25519; made where there is none yet.
 * @throws NightglassError `SECRET_MISSING` for a file that is no such key, `STORE_UNWRITABLE`
 */
export function evidenceKeyIn(dataDir: string): EvidenceKey {
  const file = join(dataDir, evidenceKeyName);
  try {
    makeFolder(dataDir);
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file, pem, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new NightglassError('STORE_UNWRITABLE', `Cannot make ${file}: no case can be signed`, {
        hint: 'Give the data folder free space and write permission.',
        cause,
      });
    }
    // A copy of the folder may have come with the rights of whoever copied it.
    chmodSync(file, 0o600);
  }
  return evidenceKeyOf(readKey(file));
}

/** A private key, Ed25519, that signs cases. */
export function evidenceKeyOf(privateKey: KeyObject): EvidenceKey {
  const publicKey = createPublicKey(privateKey);
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: fingerprintOf(publicKey),
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}

/** SHA-256 over the DER of a public key, hex. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function readKey(file: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below, without what the file holds.
  }
  throw new NightglassError('SECRET_MISSING', `Cannot use ${file}: it holds no Ed25519 key`, {
    hint: 'Restore it from a backup, or move it away: a new key is then made, and must be published again.',
  });
}
