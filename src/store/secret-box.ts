import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { NightglassError } from '../domain/errors.ts';
import { makeFolder } from './open-database.ts';

/** Stands beside the database, readable by its owner alone. */
export const secretKeyName = 'nightglass.key';
const keyBytes = 32;
const algorithm = 'aes-256-gcm';
/** First byte of what is sealed: the form of the rest. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** Seals what must not be readable in the database. */
export interface SecretBox {
  /** @param place what it belongs to: it opens nowhere else */
  seal(text: string, place: string): Uint8Array;
  /** @throws NightglassError `SECRET_MISSING` where the key is another one, or the bytes were changed */
  open(sealed: Uint8Array, place: string): string;
}

/** AES-256-GCM with keys that are asked for when first needed: seals with the first, opens with any. */
export function secretBox(readKeys: () => readonly Buffer[]): SecretBox {
  let known: readonly Buffer[] | undefined;
  const keys = () => {
    known ??= readKeys();
    return known;
  };
  return {
    seal(text, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, keys()[0] as Buffer, nonce);
      cipher.setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([version]), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, place) {
      try {
        const bytes = Buffer.from(sealed);
        if (bytes[0] !== version) throw new RangeError(`form ${bytes[0]} is unknown`);
        return openWith(keys(), bytes, place);
      } catch (cause) {
        if (cause instanceof NightglassError) throw cause;
        throw new NightglassError(
          'SECRET_MISSING',
          `Cannot read the login of ${place}: it was sealed with another key`,
          { hint: `Restore ${secretKeyName} of the data folder, or enter the login again.`, cause },
        );
      }
    },
  };
}

/** By the first key that fits. @throws Error where none does */
function openWith(keys: readonly Buffer[], bytes: Buffer, place: string): string {
  const tagAt = 1 + nonceBytes;
  for (const [index, key] of keys.entries()) {
    const cipher = createDecipheriv(algorithm, key, bytes.subarray(1, tagAt), {
      authTagLength: tagBytes,
    });
    cipher.setAAD(Buffer.from(place));
    cipher.setAuthTag(bytes.subarray(tagAt, tagAt + tagBytes));
    const body = cipher.update(bytes.subarray(tagAt + tagBytes));
    try {
      return Buffer.concat([body, cipher.final()]).toString('utf8');
    } catch (error) {
      if (index === keys.length - 1) throw error;
    }
  }
  throw new RangeError('there is no key');
}

/** A key that nothing is sealed with yet. */
export function makeSecretKey(): Buffer {
  return randomBytes(keyBytes);
}

/**
 * Replaces the keys of a data folder; they are on the disk before this returns. A kill leaves the
 * keys before or these.
 * @param keys the one to seal with first
 * @throws NightglassError `STORE_UNWRITABLE`
 */
export function replaceKeysInFolder(dataDir: string, keys: readonly Buffer[]): void {
  const file = join(dataDir, secretKeyName);
  const next = `${file}.new`;
  try {
    rmSync(next, { force: true });
    writeFileSync(next, keys.map((key) => `${key.toString('hex')}\n`).join(''), {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
    renameSync(next, file);
    const folder = openSync(dataDir, 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch (cause) {
    throw new NightglassError('STORE_UNWRITABLE', `Cannot change ${file}`, {
      hint: 'Give the data folder free space and write permission.',
      cause,
    });
  }
}

/**
 * The keys in a data folder, the one to seal with first; one is made where there is none yet. There
 * is more than one only while it is changed.
 * @throws NightglassError `SECRET_MISSING` for a file that is no key, `STORE_UNWRITABLE`
 */
export function keysInFolder(dataDir: string): readonly Buffer[] {
  const file = join(dataDir, secretKeyName);
  try {
    makeFolder(dataDir);
    writeFileSync(file, `${randomBytes(keyBytes).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new NightglassError('STORE_UNWRITABLE', `Cannot make ${file}: no login can be kept`, {
        hint: 'Give the data folder free space and write permission.',
        cause,
      });
    }
    // A copy of the folder may have come with the rights of whoever copied it.
    chmodSync(file, 0o600);
  }
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  if (!lines.every((line) => /^[0-9a-f]{64}$/.test(line))) {
    throw new NightglassError('SECRET_MISSING', `Cannot use ${file}: it holds no key`, {
      hint: 'Restore it from a backup; without it the logins of cameras must be entered again.',
    });
  }
  return lines.map((line) => Buffer.from(line, 'hex'));
}
