import type { Command } from 'commander';
import type { AuditAction } from '../domain/audit-actions.ts';
import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { AuditLog } from '../store/audit-log.ts';
import { confirmTime } from '../store/clock-guard.ts';
import { createStore } from '../store/create-store.ts';
import { repairDatabase, restoreDatabase } from '../store/decide-damaged.ts';
import { assertRecordsHere } from '../store/elsewhere-mark.ts';
import { lockDataFolder } from '../store/lock-data-folder.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { openStoreOf } from './open-store-of.ts';
import { registerStoreKeys } from './store-keys-command.ts';
import { registerStoreMove } from './store-move-command.ts';

/** `nightglass store repair|restore|confirm-time|move|keys|rotate-key|rotate-login-key|decrypt` */
export function registerStore(program: Command): void {
  const store = program
    .command('store')
    .description(
      'keys of the store; what becomes of a damaged database, or of a clock that jumped',
    );
  const place = (command: Command) =>
    command
      .option('-c, --config <file>', 'configuration file, for its data folder')
      .option('--data <dir>', 'data folder');

  place(store.command('repair'))
    .description('carry what can be read into a new database; exit code 1 when some could not be')
    .action((options: DataFolderOptions) => {
      const { aside, rows, incomplete } = decide(options, 'store.repaired', repairDatabase);
      const counts = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
      process.stdout.write(`saved: ${counts.join(', ')}\nthe damaged file is kept as ${aside}\n`);
      if (incomplete.length === 0) return;
      process.stdout.write(`not all could be read of: ${incomplete.join(', ')}\n`);
      process.exitCode = exitCodes.failed;
    });

  place(store.command('confirm-time'))
    .description('confirm that the clock is right, after a jump or a long time off')
    .action((options: DataFolderOptions) => {
      const opened = openStoreOf(options, { keys: 'unneeded' });
      const now = systemClock.now();
      try {
        const audit = new AuditLog({ store: opened, now: () => now });
        confirmTime(opened, audit, now, commandActor());
      } finally {
        opened.close();
      }
      process.stdout.write(`confirmed: it is ${new Date(now).toISOString()}\n`);
    });

  registerStoreKeys(store);
  registerStoreMove(store);

  place(store.command('restore'))
    .description('put a backup, or an empty database, in the place of the present one')
    .argument('[file]', 'backup of nightglass.db; none begins with an empty database')
    .action((file: string | undefined, options: DataFolderOptions) => {
      const aside = decide(options, 'store.restored', (dataDir, now) =>
        restoreDatabase(dataDir, file, now),
      );
      process.stdout.write(`restored; the database before is kept as ${aside}\n`);
    });
}

/** Alone on the data folder, and on record. */
function decide<T>(
  options: DataFolderOptions,
  what: AuditAction,
  work: (dataDir: string, now: number) => T,
): T {
  const dataDir = dataFolderOf(options);
  assertRecordsHere(dataDir);
  const lock = lockDataFolder(dataDir);
  try {
    const done = work(dataDir, systemClock.now());
    const store = createStore({ dataDir, keys: 'unneeded' });
    new AuditLog({ store, now: () => systemClock.now() }).append(
      auditEntry(commandActor(), what, ''),
    );
    store.close();
    return done;
  } finally {
    lock.close();
  }
}
