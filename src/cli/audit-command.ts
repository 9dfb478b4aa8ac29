import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { AuditLog } from '../store/audit-log.ts';
import { verifyLines } from '../store/audit-verify.ts';
import { createStore } from '../store/create-store.ts';
import type { Store } from '../store/store.ts';
import { type DataFolderOptions, dataFolderOf } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';

interface VerifyOptions extends DataFolderOptions {
  readonly file?: string;
  readonly head?: string;
  readonly json?: boolean;
}

interface ExportOptions extends DataFolderOptions {
  readonly out?: string;
  readonly from?: number;
  readonly to?: number;
}

/** `nightglass audit verify|export` */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('the record of who did what');
  const place = (command: Command) =>
    command
      .option('-c, --config <file>', 'configuration file, for its data folder')
      .option('--data <dir>', 'data folder');

  place(audit.command('verify'))
    .description(
      'find any record that was edited, removed or put elsewhere; exit code 1 when one was',
    )
    .option('--file <file>', 'verify an exported log instead of the one in the data folder')
    .option('--head <hash>', 'hash of a last record that was kept: it must be in the log')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (options: VerifyOptions) => {
      const verdict = await verify(options);
      process.stdout.write(
        options.json === true ? `${JSON.stringify(verdict)}\n` : `${describe(verdict)}\n`,
      );
      if (!verdict.ok) process.exitCode = exitCodes.failed;
    });

  place(audit.command('export'))
    .description('print the log as JSON Lines, oldest first')
    .option('--out <file>', 'write to a file instead of standard output')
    .option('--from <date>', 'only records from this day or time on (ISO 8601)', wallTime)
    .option('--to <date>', 'only records before this day or time', wallTime)
    .action((options: ExportOptions) =>
      withAudit(options, async (log, store) => {
        const { from, to, out } = options;
        if (store.health().durable) {
          log.append({
            who: 'command line',
            what: 'audit.exported',
            target: '',
            detail: { user: userInfo().username, from: from ?? null, to: to ?? null },
          });
        }
        const records = log.records({
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        });
        const lines = Readable.from(jsonLines(records), { objectMode: false });
        if (out === undefined) await pipeline(lines, process.stdout, { end: false });
        else await pipeline(lines, createWriteStream(out, { mode: 0o600 }));
      }),
    );
}

async function verify(options: VerifyOptions): Promise<AuditVerdict> {
  const { file, head } = options;
  if (file !== undefined) {
    let bytes: FileHandle;
    try {
      bytes = await open(file);
    } catch (error) {
      throw new NightglassError('NOT_FOUND', `Cannot read ${file}: ${String(error)}`);
    }
    try {
      return await verifyLines(bytes.readLines(), head);
    } finally {
      await bytes.close();
    }
  }
  return withAudit(options, async (log) => log.verify(head));
}

async function withAudit<T>(
  options: DataFolderOptions,
  work: (log: AuditLog, store: Store) => Promise<T>,
): Promise<T> {
  const dataDir = dataFolderOf(options);
  const store = createStore({ dataDir });
  try {
    if (store.health().mode === 'memory') {
      throw new NightglassError('ENVIRONMENT', `Cannot read the database in ${dataDir}`);
    }
    return await work(new AuditLog({ store, now: () => systemClock.now() }), store);
  } finally {
    store.close();
  }
}

function describe(verdict: AuditVerdict): string {
  if (!verdict.ok) {
    return `broken at record ${verdict.brokenAt}: ${verdict.why} (${verdict.entries} sound records before it)`;
  }
  const pruned =
    verdict.prunedThrough === 0 ? '' : `, those up to ${verdict.prunedThrough} pruned by policy`;
  return `sound: ${verdict.entries} records${pruned}\nhead ${verdict.head} (keep it elsewhere, for --head)`;
}

async function* jsonLines(records: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

function wallTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('must be a date such as 2026-05-31');
  return time;
}
