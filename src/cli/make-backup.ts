import { writeFileSync } from 'node:fs';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { backupPlace, passphraseIn } from '../app/backup-order.ts';
import { version } from '../app/version.ts';
import { loadConfig } from '../config/load-config.ts';
import type { BackupLock, KeyChoice } from '../domain/backup.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { recordedBackup } from '../services/backup/recorded-backup.ts';
import { writeBackup } from '../services/backup/write-backup.ts';
import { AuditLog } from '../store/audit-log.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { openStoreOf, storeUrlOf } from './open-store-of.ts';
import { storeKeyTextOf } from './store-keys.ts';

export interface BackupOptions extends DataFolderOptions {
  readonly recipient?: readonly string[];
  readonly passphraseFile?: string;
  readonly keys?: KeyChoice;
  readonly json?: boolean;
}

/** Writes a backup of a data folder, on record, while programs may run on it. @throws NightglassError */
export async function makeBackup(file: string, options: BackupOptions): Promise<void> {
  const dataDir = dataFolderOf(options);
  const configured =
    options.config === undefined ? undefined : loadConfig(options.config).config.backup;
  const keys = options.keys ?? configured?.keys ?? 'folder';
  const lock = lockFor(options);
  const storeKeys = keys === 'all' ? storeKeyTextOf(options)?.text : undefined;
  const store = openStoreOf(options, { keys: 'unneeded' });
  try {
    const audit = new AuditLog({ store, now: () => systemClock.now() });
    const storeUrl = storeUrlOf(options);
    const order = { dataDir, storeUrl, file, lock, keys, storeKeys, version };
    const made = await recordedBackup(order, { audit, by: commandActor() }, () =>
      writeBackup(order),
    );
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(made)}\n`
        : `${made.files} files with ${made.alerts} alerts as of ${made.createdAt} in ${file} (${made.bytes} bytes)\nsigned with key ${made.signer}\n`,
    );
  } finally {
    store.close();
  }
}

/** Makes a key file that opens backups; never over another file. @throws NightglassError */
export async function createBackupKey(file: string, json: boolean): Promise<void> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const text = `# Opens backups of Nightglass (age). Keep it away from the machine that makes them.\n# public key: ${recipient}\n${identity}\n`;
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600, flush: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new NightglassError(
      code === 'EEXIST' ? 'CONFLICT' : 'ENVIRONMENT',
      `Cannot make the key file ${file}: ${code === 'EEXIST' ? 'it is there already' : code}`,
      { hint: 'Give the path of a new file.', cause },
    );
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({ file, recipient })}\n`
      : `key in ${file}: keep it apart, without it no backup can be opened\npublic key ${recipient}\n`,
  );
}

/** By the options, else by the configuration. @throws NightglassError `USAGE`, `SECRET_MISSING` */
function lockFor(options: BackupOptions): BackupLock {
  const { recipient, passphraseFile, config: file } = options;
  if (recipient !== undefined && passphraseFile !== undefined) throw whichLock('both are given');
  if (recipient !== undefined) return { recipients: recipient };
  if (passphraseFile !== undefined) return { passphrase: passphraseIn(passphraseFile) };
  if (file !== undefined) {
    const { config, baseDir } = loadConfig(file);
    const from = { baseDir, dataDir: dataFolderOf(options), env: process.env };
    if (config.backup !== undefined) return backupPlace(config.backup, from).lock;
  }
  throw whichLock('none is given');
}

function whichLock(why: string): NightglassError {
  return new NightglassError('USAGE', `Cannot tell whom the backup is encrypted to: ${why}`, {
    hint: 'Give --recipient KEY (made by "nightglass backup create-key FILE") or --passphrase-file FILE, or -c FILE with a backup section.',
  });
}
