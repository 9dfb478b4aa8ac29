import { Decrypter, Encrypter, type Recipient } from 'age-encryption';
import type { BackupKeys, BackupLock } from '../../domain/backup.ts';
import { NightglassError } from '../../domain/errors.ts';

/** Of the empty payload that the library puts behind a header: nonce and tag. */
const emptyPayload = 16 + 16;
/** Of scrypt: 64 MiB and half a second. */
const workFactor = 16;
/** A header with hundreds of recipients is shorter. */
export const longestHeader = 65_536;

/** The head of an encrypted file, by the age format, and the key that its payload is encrypted with. */
export interface AgeHeader {
  readonly bytes: Buffer;
  readonly fileKey: Uint8Array;
}

/** @throws NightglassError `USAGE` for a recipient that is none */
export async function sealHeader(lock: BackupLock): Promise<AgeHeader> {
  const encrypter = new Encrypter();
  let fileKey: Uint8Array | undefined;
  if ('passphrase' in lock) {
    encrypter.setScryptWorkFactor(workFactor);
    encrypter.setPassphrase(lock.passphrase);
  } else {
    for (const recipient of lock.recipients) addRecipient(encrypter, recipient);
    // Adds nothing to the header: it only learns the key.
    const listener: Recipient = {
      wrapFileKey(key) {
        fileKey = Uint8Array.from(key);
        return [];
      },
    };
    encrypter.addRecipient(listener);
  }
  const file = Buffer.from(await encrypter.encrypt(new Uint8Array()));
  const bytes = file.subarray(0, file.length - emptyPayload);
  return { bytes, fileKey: fileKey ?? (await openHeader(bytes, lock as BackupKeys)) };
}

/** @throws NightglassError `BACKUP_KEY_WRONG`, `BACKUP_INVALID` */
export async function openHeader(bytes: Uint8Array, keys: BackupKeys): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  if (keys.passphrase !== undefined) decrypter.addPassphrase(keys.passphrase);
  for (const identity of keys.identities ?? []) addIdentity(decrypter, identity);
  try {
    return await decrypter.decryptHeader(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (/no identity matched/.test(why)) {
      throw new NightglassError(
        'BACKUP_KEY_WRONG',
        'Cannot open the backup: no key given fits it',
        {
          hint: 'Give the passphrase or the key file that belongs to it; "head -c 200 FILE" shows which kind it needs.',
        },
      );
    }
    throw new NightglassError('BACKUP_INVALID', `Cannot read the backup: ${why}`, {
      hint: 'Its first bytes were changed, or it is no backup: take another copy.',
    });
  }
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new NightglassError(
      'USAGE',
      `Cannot encrypt to ${recipient}: it is no public key of age`,
      {
        hint: 'It begins with "age1"; "nightglass backup create-key FILE" makes a pair.',
        cause,
      },
    );
  }
}

/** What is secret is never quoted. */
function addIdentity(decrypter: Decrypter, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch {
    throw new NightglassError(
      'BACKUP_KEY_WRONG',
      'Cannot use the key file: it holds no key of age',
      {
        hint: 'It has a line that begins with "AGE-SECRET-KEY-1".',
      },
    );
  }
}
