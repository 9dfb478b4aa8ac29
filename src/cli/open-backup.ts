import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { passphraseIn } from '../app/backup-order.ts';
import { auditEntry } from '../domain/audit-entry.ts';
import type { BackupKeys } from '../domain/backup.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { type ReadBackup, readBackup } from '../services/backup/read-backup.ts';
import { restoreBackup } from '../services/backup/restore-backup.ts';
import { AuditLog } from '../store/audit-log.ts';
import { createStore } from '../store/create-store.ts';
import { commandActor } from './command-actor.ts';

export interface OpenBackupOptions {
  readonly key?: string;
  readonly passphraseFile?: string;
  readonly signer?: string;
  readonly json?: boolean;
}

export interface RestoreOptions extends OpenBackupOptions {
  readonly data: string;
  readonly storeKeys?: string;
}

/** Reads a backup to its last byte and says what it holds. @throws NightglassError */
export async function verifyBackup(file: string, options: OpenBackupOptions): Promise<void> {
  const nothing = {
    about: () => undefined,
    async file(_path: string | null, _bytes: number, source: AsyncIterable<Uint8Array>) {
      for await (const _ of source);
    },
  };
  const read = await readBackup(file, keysOf(options), nothing, signerOf(options));
  say('sound', read, options.json === true);
}

/** Puts a backup into an empty folder, on record in the log that it brings. @throws NightglassError */
export async function restore(file: string, options: RestoreOptions): Promise<void> {
  const dataDir = resolve(options.data);
  const read = await restoreBackup({
    ...{ file, dataDir, keys: keysOf(options), signer: signerOf(options) },
    storeKeysFile: options.storeKeys === undefined ? undefined : resolve(options.storeKeys),
  });
  const store = createStore({ dataDir, keys: 'unneeded' });
  try {
    const { createdAt, auditHead, signer } = read.manifest;
    new AuditLog({ store, now: () => systemClock.now() }).append(
      auditEntry(commandActor(), 'backup.restored', '', {
        ...{ createdAt, signer },
        through: auditHead?.sequence ?? 0,
      }),
    );
  } finally {
    store.close();
  }
  say(`restored into ${dataDir}`, read, options.json === true);
}

function say(what: string, { manifest, signerKnown }: ReadBackup, json: boolean): void {
  const { createdAt, version, schema, keys, records, storeKeyIds, signer } = manifest;
  const { files, rows, bytes } = manifest;
  if (json) {
    const about = { createdAt, version, schema, keys, records, storeKeyIds };
    const told = { ...about, signer, signerKnown, bytes };
    process.stdout.write(`${JSON.stringify({ ok: true, ...told, files: files.length, rows })}\n`);
    return;
  }
  const counted = ['alerts', 'people', 'audit'].map((table) => `${table} ${rows[table] ?? 0}`);
  const lines = [
    `${what}: ${files.length} files as of ${createdAt}, by version ${version}: ${counted.join(', ')}`,
    `signed with key ${signer}${signerKnown ? ', the one asked for' : ' (its own: compare it with the one published, or give --signer)'}`,
    ...(storeKeyIds.length === 0 ? [] : [`faces need the store key ${storeKeyIds.join(', ')}`]),
    ...(records === 'postgresql'
      ? [
          'its records were in PostgreSQL; restored they are in SQLite: "nightglass store move" takes them into an empty schema',
        ]
      : []),
    ...(keys === 'none' ? ['it holds no key: logins of cameras must be entered again'] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** @throws NightglassError `USAGE`, `SECRET_MISSING` */
function keysOf({ key, passphraseFile }: OpenBackupOptions): BackupKeys {
  if (key === undefined && passphraseFile === undefined) {
    throw new NightglassError(
      'USAGE',
      'Cannot open the backup: neither key nor passphrase is given',
      {
        hint: 'Give --key FILE or --passphrase-file FILE.',
      },
    );
  }
  return {
    ...(passphraseFile === undefined ? {} : { passphrase: passphraseIn(passphraseFile) }),
    ...(key === undefined ? {} : { identities: identitiesIn(key) }),
  };
}

function identitiesIn(file: string): string[] {
  const lines = textOf(file).split('\n');
  const found = lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (found.length > 0) return found;
  throw new NightglassError('BACKUP_KEY_WRONG', `Cannot use ${file}: it holds no key of age`, {
    hint: 'It has a line that begins with "AGE-SECRET-KEY-1".',
  });
}

function signerOf({ signer }: OpenBackupOptions): string | undefined {
  return signer === undefined ? undefined : textOf(signer);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NightglassError('NOT_FOUND', `Cannot read ${file}: ${(cause as Error).message}`);
  }
}
