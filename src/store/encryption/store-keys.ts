import { createHash, randomBytes } from 'node:crypto';
import { NightglassError } from '../../domain/errors.ts';

/** A key that values of the store are encrypted with, AES-256. */
export interface StoreKey {
  /** Hex, from a hash of the key: tells keys apart and gives none away. */
  readonly id: string;
  readonly secret: Buffer;
}

const keyBytes = 32;
const mostKeys = 16;

/**
 * The keys of a store: what is written is encrypted with the first, what was written before may be
 * with any of them.
 */
export class StoreKeys {
  readonly all: readonly StoreKey[];

  private constructor(all: readonly StoreKey[]) {
    this.all = all;
  }

  /**
   * Reads keys, a line or a word each: base64 of 32 bytes, the one in use first. `#` begins a remark.
   * @param place where they stand, for the message
   * @throws NightglassError `STORE_KEY_INVALID`; the message never holds any of the text
   */
  static parse(text: string, place: string): StoreKeys {
    const words = text
      .split('\n')
      .flatMap((line) => line.replace(/#.*$/, '').split(/[\s,]+/))
      .filter((word) => word !== '');
    if (words.length === 0) throw invalid(place, 'there is none');
    if (words.length > mostKeys) throw invalid(place, `there are more than ${mostKeys}`);
    const keys = words.map((word, at) => {
      const secret = Buffer.from(word, 'base64');
      if (!/^[A-Za-z0-9+/]{43}=$/.test(word) || secret.length !== keyBytes) {
        throw invalid(place, `number ${at + 1} is not base64 of ${keyBytes} bytes`);
      }
      return keyOf(secret);
    });
    if (new Set(keys.map(({ id }) => id)).size !== keys.length) {
      throw invalid(place, 'one stands there twice');
    }
    return new StoreKeys(keys);
  }

  /** The one in use. */
  get current(): StoreKey {
    return this.all[0] as StoreKey;
  }

  find(id: string): StoreKey | undefined {
    return this.all.find((key) => key.id === id);
  }
}

/** A new key, as it is written into a file, and its id. */
export function makeKey(): { readonly id: string; readonly text: string } {
  const secret = randomBytes(keyBytes);
  return { id: keyOf(secret).id, text: secret.toString('base64') };
}

function keyOf(secret: Buffer): StoreKey {
  const id = createHash('sha256').update('nightglass store key\0').update(secret).digest('hex');
  return { id: id.slice(0, 16), secret };
}

function invalid(place: string, why: string): NightglassError {
  return new NightglassError(
    'STORE_KEY_INVALID',
    `Cannot use the keys of the store in ${place}: ${why}`,
    {
      hint: 'A file of them is made by "nightglass store keys create FILE"; a key by "openssl rand -base64 32".',
    },
  );
}
