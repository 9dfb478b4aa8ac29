import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { NightglassError } from '../../domain/errors.ts';
import type { StoreKey, StoreKeys } from './store-keys.ts';

/** Where a value stands: an envelope that is put anywhere else does not open. */
export interface ValuePlace {
  readonly table:
    | ('templates' | 'alert_evidence' | 'look_alikes' | 'footage_pictures')
    | 'site_alert_pictures';
  readonly column: 'face' | 'image' | 'jpeg';
  /** What names the row. */
  readonly row: string;
}

/** Seals and opens values of the store. An envelope names its key. */
export interface ValueCipher {
  /** Id of the key that is sealed with; null where values are stored as they are. */
  readonly keyId: string | null;
  /** The value as it is stored, in {@link ValueCipher.keyId}. */
  seal(value: Uint8Array, place: ValuePlace): Uint8Array;
  /**
   * The value of what is stored. @param keyId of the row; null for one that is stored as it is
   * @throws NightglassError `STORE_KEY_MISSING`, `STORE_CORRUPT` where it was changed
   */
  open(stored: Uint8Array, keyId: string | null, place: ValuePlace): Uint8Array;
}

const version = 1;
const idBytes = 8;
const ivBytes = 12;
const tagBytes = 16;
const headBytes = 1 + idBytes + ivBytes + tagBytes;

/** What an envelope is longer than its value. */
export const envelopeBytes = headBytes;

/**
 * AES-256-GCM, an envelope a value: version, key id, nonce, tag, ciphertext. The place is
 * authenticated with it. Nonces are random: a key is good for some 10^9 values.
 */
export class SealingCipher implements ValueCipher {
  readonly #keys: StoreKeys;
  readonly #current: StoreKey;

  /** @param current one of the keys: what is written is sealed with it */
  constructor(keys: StoreKeys, current: StoreKey = keys.current) {
    this.#keys = keys;
    this.#current = current;
  }

  get keyId(): string {
    return this.#current.id;
  }

  seal(value: Uint8Array, place: ValuePlace): Uint8Array {
    const { id, secret } = this.#current;
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', secret, iv);
    const head = Buffer.concat([Buffer.of(version), Buffer.from(id, 'hex')]);
    cipher.setAAD(boundTo(head, place));
    const sealed = cipher.update(value);
    const rest = cipher.final();
    return Buffer.concat([head, iv, cipher.getAuthTag(), sealed, rest]);
  }

  open(stored: Uint8Array, keyId: string | null, place: ValuePlace): Uint8Array {
    if (keyId === null) return stored;
    const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
    if (bytes.length < headBytes || bytes[0] !== version) throw damaged(place);
    const head = bytes.subarray(0, 1 + idBytes);
    const key = this.#keys.find(head.toString('hex', 1));
    if (key === undefined) throw missingKeys([head.toString('hex', 1)]);
    const [iv, tag] = [head.length, head.length + ivBytes];
    const decipher = createDecipheriv('aes-256-gcm', key.secret, bytes.subarray(iv, tag), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(boundTo(head, place));
    decipher.setAuthTag(bytes.subarray(tag, headBytes));
    const value = decipher.update(bytes.subarray(headBytes));
    try {
      decipher.final();
    } catch (cause) {
      throw damaged(place, cause);
    }
    return value;
  }
}

/** Stores values as they are. */
export const plainCipher: ValueCipher = {
  keyId: null,
  seal: (value) => value,
  open(stored, keyId) {
    if (keyId !== null) throw missingKeys([keyId]);
    return stored;
  },
};

/** For commands that read and write no value: whatever the store is encrypted with. */
export const absentCipher: ValueCipher = {
  keyId: null,
  seal: () => {
    throw missingKeys([]);
  },
  open: plainCipher.open,
};

/** `STORE_KEY_MISSING`. @param ids of keys that are needed and not there */
export function missingKeys(ids: readonly string[]): NightglassError {
  const which = ids.length === 0 ? '' : ` (${ids.join(', ')})`;
  return new NightglassError(
    'STORE_KEY_MISSING',
    `Cannot read the store: it is encrypted, and a key that it needs is not there${which}`,
    {
      hint: 'Name the file or variable that holds the key as store.encryption in the configuration, or as NIGHTGLASS_STORE_KEY_FILE.',
    },
  );
}

function boundTo(head: Buffer, { table, column, row }: ValuePlace): Buffer {
  return Buffer.concat([head, Buffer.from(`${table}\0${column}\0${row}`)]);
}

function damaged({ table, row }: ValuePlace, cause?: unknown): NightglassError {
  return new NightglassError(
    'STORE_CORRUPT',
    `Cannot read a value of ${table}: the one of ${row} was changed or damaged`,
    { hint: 'Restore a backup with "nightglass store restore".', cause },
  );
}
