import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { BackupConfig } from '../config/backup-config.ts';
import { readSecret } from '../config/secret.ts';
import type { BackupLock } from '../domain/backup.ts';
import { backupBounds } from '../domain/bounds.ts';
import { NightglassError } from '../domain/errors.ts';

/** Where the configuration has backups put, and whom they are encrypted to. */
export interface BackupPlace {
  readonly folder: string;
  readonly lock: BackupLock;
}

/**
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` for a folder in the data folder, which
 * would be lost with it
 */
export function backupPlace(
  config: BackupConfig,
  from: { readonly baseDir: string; readonly dataDir: string; readonly env: NodeJS.ProcessEnv },
): BackupPlace {
  const folder = resolve(from.baseDir, config.folder);
  if (folder === from.dataDir || folder.startsWith(`${from.dataDir}${sep}`)) {
    throw new NightglassError(
      'CONFIG_INVALID',
      `backup.folder: ${folder} lies in the data folder, and would be lost with it`,
      { hint: 'Name a folder on another disk or machine.' },
    );
  }
  return { folder, lock: lockOf(config, from.baseDir, from.env) };
}

/** @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` for a passphrase that is too short */
function lockOf(
  { passphrase, recipients = [] }: Pick<BackupConfig, 'passphrase' | 'recipients'>,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): BackupLock {
  if (passphrase === undefined) return { recipients };
  const text = readSecret(passphrase, 'backup.passphrase', baseDir, env);
  return { passphrase: checkedPassphrase(text, 'backup.passphrase', 'CONFIG_INVALID') };
}

/** The passphrase of a file. @throws NightglassError `SECRET_MISSING`, `USAGE` */
export function passphraseIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new NightglassError(
      'SECRET_MISSING',
      `Cannot read the passphrase from ${file}: ${(cause as NodeJS.ErrnoException).code}`,
      { hint: 'Check the path and who may read it.' },
    );
  }
  return checkedPassphrase(text, file, 'USAGE');
}

function checkedPassphrase(text: string, place: string, code: 'USAGE' | 'CONFIG_INVALID'): string {
  const [least, most] = backupBounds.passphrase;
  if (text.length >= least && text.length <= most) return text;
  throw new NightglassError(
    code,
    `Cannot use the passphrase of ${place}: it must have ${least} to ${most} characters`,
    { hint: 'For example: openssl rand -base64 24 > FILE' },
  );
}
