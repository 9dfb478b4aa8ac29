import type { Command } from 'commander';
import { Option } from 'commander';
import { keyChoices } from '../domain/backup.ts';
import type { BackupOptions } from './make-backup.ts';
import type { OpenBackupOptions, RestoreOptions } from './open-backup.ts';

/** `nightglass backup FILE` (short for `backup create FILE`), `backup verify FILE`, `backup create-key FILE` */
export function registerBackup(program: Command): void {
  const backup = program
    .command('backup')
    .description('the data folder as one encrypted file: nightglass backup FILE');
  backup
    .command('create', { isDefault: true })
    .description('write the data folder, as it stands at one moment, into one encrypted file')
    .argument('<file>', 'where; never over another file')
    .option(
      '-c, --config <file>',
      'configuration file, for its data folder, keys and backup section',
    )
    .option('--data <dir>', 'data folder')
    .option('--recipient <keys...>', 'public keys that it is encrypted to, "age1…"')
    .option('--passphrase-file <file>', 'file with the passphrase that it is encrypted with')
    .addOption(
      new Option(
        '--keys <which>',
        'keys that it holds: none, those of the data folder, or those of the store too (default: folder)',
      ).choices(keyChoices),
    )
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (file: string, options: BackupOptions) => {
      const { makeBackup } = await import('./make-backup.ts');
      await makeBackup(file, options);
    });
  backup
    .command('verify')
    .description('read a backup to its last byte: whole, unchanged and signed, or exit code 1')
    .argument('<file>', 'a file that "backup" wrote')
    .option('--key <file>', 'key file that opens it')
    .option('--passphrase-file <file>', 'file with its passphrase')
    .option('--signer <file>', 'public key that it must be signed with, PEM')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (file: string, options: OpenBackupOptions) => {
      const { verifyBackup } = await import('./open-backup.ts');
      await verifyBackup(file, options);
    });
  backup
    .command('create-key')
    .description('make a key file that opens backups, and say the public key to encrypt them to')
    .argument('<file>', 'where; never over another file')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const { createBackupKey } = await import('./make-backup.ts');
      await createBackupKey(file, options.json === true);
    });
}

/** `nightglass restore FILE --data DIR` */
export function registerRestore(program: Command): void {
  program
    .command('restore')
    .description('put a backup into an empty data folder, verified; on record')
    .argument('<file>', 'a file that "backup" wrote')
    .requiredOption('--data <dir>', 'empty folder, or one that is not there yet')
    .option('--key <file>', 'key file that opens it')
    .option('--passphrase-file <file>', 'file with its passphrase')
    .option('--signer <file>', 'public key that it must be signed with, PEM')
    .option('--store-keys <file>', 'new file for the keys of the store, if the backup holds them')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (file: string, options: RestoreOptions) => {
      const { restore } = await import('./open-backup.ts');
      await restore(file, options);
    });
}
