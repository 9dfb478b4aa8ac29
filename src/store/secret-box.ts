import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
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

/** AES-256-GCM with a key that is asked for when it is first needed. */
export function secretBox(readKey: () => Buffer): SecretBox {
  let known: Buffer | undefined;
  const key = () => {
    known ??= readKey();
    return known;
  };
  return {
    seal(text, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key(), nonce);
      cipher.setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([version]), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, place) {
      try {
        const bytes = Buffer.from(sealed);
        if (bytes[0] !== version) throw new RangeError(`form ${bytes[0]} is unknown`);
        const tagAt = 1 + nonceBytes;
        const cipher = createDecipheriv(algorithm, key(), bytes.subarray(1, tagAt), {
          authTagLength: tagBytes,
        });
        cipher.setAAD(Buffer.from(place));
        cipher.setAuthTag(bytes.subarray(tagAt, tagAt + tagBytes));
        const body = bytes.subarray(tagAt + tagBytes);
        return Buffer.concat([cipher.update(body), cipher.final()]).toString('utf8');
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

/**
 * The key in a data folder; made where there is none yet.
 * @throws NightglassError `SECRET_MISSING` for a file that is no key, `STORE_UNWRITABLE`
 */
export function keyInFolder(dataDir: string): Buffer {
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
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new NightglassError('SECRET_MISSING', `Cannot use ${file}: it holds no key`, {
      hint: 'Restore it from a backup; without it the logins of cameras must be entered again.',
    });
  }
  return Buffer.from(text, 'hex');
}
