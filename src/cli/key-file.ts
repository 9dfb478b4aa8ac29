import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { NightglassError } from '../domain/errors.ts';
import { makeKey } from '../store/encryption/store-keys.ts';

const head =
  '# Keys of the store of Nightglass, the one in use first. Who has this file can read the store;\n' +
  '# without it nobody can. Keep a copy apart from the backups of the data folder.\n';

/** Makes a file with one key, for its owner alone; never over another file. Returns the key's id. */
export function createKeyFile(file: string): string {
  const { id, text } = makeKey();
  try {
    write(file, `${head}${text}\n`, 'wx');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new NightglassError(
        'CONFLICT',
        `Cannot make the key file ${file}: it is there already`,
        {
          hint: 'A store that is encrypted with it would be lost: give another name.',
        },
      );
    }
    throw new NightglassError(
      'ENVIRONMENT',
      `Cannot make the key file ${file}: ${code ?? 'unknown error'}`,
      {
        hint: 'Check the folder and who may write to it.',
        cause,
      },
    );
  }
  syncFolder(file);
  return id;
}

/**
 * Puts a new key before those of a file, which keeps them. It is on the disk before anything can
 * be encrypted with it. Returns the key's id.
 */
export function addKey(file: string): string {
  const { id, text } = makeKey();
  const before = readFileSync(file, 'utf8').replace(head, '');
  const next = `${file}.new`;
  try {
    // What an earlier attempt left holds a key that nothing is encrypted with.
    rmSync(next, { force: true });
    write(next, `${head}${text}\n${before}`, 'wx');
    renameSync(next, file);
  } catch (cause) {
    rmSync(next, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw new NightglassError(
      'ENVIRONMENT',
      `Cannot add a key to ${file}: ${code ?? 'unknown error'}`,
      {
        hint: 'Give its folder write permission, or put a key of "openssl rand -base64 32" on a line before the others by hand.',
        cause,
      },
    );
  }
  syncFolder(file);
  return id;
}

function write(file: string, text: string, flag: 'wx'): void {
  const handle = openSync(file, flag, 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFolder(file: string): void {
  const handle = openSync(dirname(file), 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
