import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { NightglassError } from '../domain/errors.ts';

/** Before the manifest's bytes: a signature of something else is none of models. */
const context = Buffer.from('nightglass models 1\n', 'utf8');

/** Where the signature of a manifest lies: beside it. */
export function signatureFile(manifestPath: string): string {
  return `${manifestPath}.sig`;
}

/**
 * Signs a manifest, which holds the hash of each model file: Ed25519 (RFC 8032) over its bytes as
 * they lie on the disk, Base64 in a file beside it.
 * @returns path of the signature
 * @throws NightglassError `MODEL_MANIFEST_INVALID` where it cannot be read, `ENVIRONMENT` where the
 *   signature cannot be written
 */
export async function signManifest(manifestPath: string, key: KeyObject): Promise<string> {
  const bytes = await manifestBytes(manifestPath);
  const file = signatureFile(manifestPath);
  try {
    await writeFile(`${file}.part`, `${sign(null, signed(bytes), key).toString('base64')}\n`);
    await rename(`${file}.part`, file);
  } catch (cause) {
    throw new NightglassError('ENVIRONMENT', `Cannot write ${file}: ${codeOf(cause)}`, {
      hint: 'Give the folder free space and write permission.',
      cause,
    });
  }
  return file;
}

/**
 * Holds a manifest against the keys that are trusted.
 * @param trusted public keys, Ed25519; one of them has to have signed it
 * @throws NightglassError `MODEL_SIGNATURE_INVALID` for a signature that is missing, damaged, of
 *   other bytes or of another key; `MODEL_MANIFEST_INVALID` where the manifest cannot be read
 */
export async function checkSignature(
  manifestPath: string,
  trusted: readonly KeyObject[],
): Promise<void> {
  const bytes = await manifestBytes(manifestPath);
  const file = signatureFile(manifestPath);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const code = codeOf(cause);
    throw untrusted(manifestPath, code === 'ENOENT' ? 'they are not signed' : `${file}: ${code}`);
  }
  const signature = Buffer.from(text.trim(), 'base64');
  const isTheirs = trusted.some((key) => verify(null, signed(bytes), key, signature));
  if (!isTheirs) throw untrusted(manifestPath, 'no trusted key has signed this manifest');
}

/** Reads the public half of a key, PEM; undefined for anything but Ed25519. */
export function publicKeyOf(pem: string): KeyObject | undefined {
  // A private key would be read, too: nobody should put it where it is trusted.
  if (pem.includes('PRIVATE')) return undefined;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

function signed(bytes: Uint8Array): Buffer {
  return Buffer.concat([context, bytes]);
}

async function manifestBytes(manifestPath: string): Promise<Buffer> {
  try {
    return await readFile(manifestPath);
  } catch (cause) {
    throw new NightglassError(
      'MODEL_MANIFEST_INVALID',
      `Cannot read the model manifest ${manifestPath}: ${codeOf(cause)}`,
      { hint: 'Name a manifest.json that exists and that this user may read.', cause },
    );
  }
}

function untrusted(manifestPath: string, why: string): NightglassError {
  return new NightglassError(
    'MODEL_SIGNATURE_INVALID',
    `Cannot use the models of ${manifestPath}: ${why}`,
    {
      hint: 'Have them signed with `nightglass models sign`, or add the public key of who signed them to `models.trusted`.',
    },
  );
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown error';
}
