import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readSecret } from '../config/secret.ts';
import { readStoreUrl } from '../config/store-config.ts';
import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { AuditLog } from '../store/audit-log.ts';
import { moveStore } from '../store/move/move-store.ts';
import { openStore } from '../store/postgres/open-store.ts';
import { commandActor } from './command-actor.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';

type Options = DataFolderOptions & { readonly to?: string; readonly json?: boolean };

/** `nightglass store move` */
export function registerStoreMove(store: Command): void {
  store
    .command('move')
    .description('move the records from SQLite in the data folder to PostgreSQL')
    .option(
      '--to <file>',
      'file with the address of an empty schema of PostgreSQL; otherwise "store.url" of the configuration',
    )
    .option('-c, --config <file>', 'configuration file, for its data folder and "store.url"')
    .option('--data <dir>', 'data folder')
    .option('--json', 'print a JSON object instead of sentences')
    .action((options: Options) => move(options));
}

function move(options: Options): void {
  const dataDir = dataFolderOf(options);
  const url = addressOf(options);
  const now = systemClock.now();
  const { place, rows, aside } = moveStore({ dataDir, url, now, onProgress: progress() });
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const opened = openStore({ dataDir, keys: 'unneeded' }, url);
  try {
    new AuditLog({ store: opened, now: () => systemClock.now() }).append(
      auditEntry(commandActor(), 'store.moved', place, { rows: total }),
    );
  } finally {
    opened.close();
  }
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ place, rows, aside })}\n`
      : `${total} rows of ${Object.keys(rows).length} tables are in PostgreSQL at ${place}, each table compared
the SQLite database is kept as ${aside}: it holds people and pictures, delete it once it is no longer needed
name the address as "store.url" in the configuration before the next start
`,
  );
}

/** From a file: what stands on a command line can be seen by everybody on the machine. */
function addressOf({ to, config: file }: Options): string {
  if (to !== undefined) {
    if (/^postgres(ql)?:/i.test(to)) {
      throw new NightglassError('USAGE', 'Cannot take an address of PostgreSQL as an argument', {
        hint: 'Write it into a file that only you can read, and name that: its password would be in the list of processes.',
      });
    }
    return readSecret({ file: to }, '--to', process.cwd());
  }
  const loaded = file === undefined ? undefined : loadConfig(file);
  const url = loaded && readStoreUrl(loaded.config.store.url, loaded.baseDir, process.env);
  if (url === undefined) {
    throw new NightglassError('USAGE', 'Cannot tell where the records are to be moved', {
      hint: 'Give --to FILE, or -c FILE with "store.url".',
    });
  }
  return url;
}

/** Says how far it is, about once a second. */
function progress(): (done: number, all: number) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (done, all) => {
    const now = performance.now();
    if (done < all && now - saidAt < 1000) return;
    saidAt = now;
    process.stderr.write(`${done} of ${all} rows\n`);
  };
}
