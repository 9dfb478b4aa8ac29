import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import type { AuditAnchor, AuditChecks } from '../domain/audit-anchor.ts';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import { NightglassError } from '../domain/errors.ts';
import { readAnchors, verifyLines } from '../store/audit-lines.ts';
import { registerAnchor } from './anchor-command.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { withAudit } from './with-audit.ts';

interface VerifyOptions extends DataFolderOptions {
  readonly file?: string;
  readonly head?: string;
  readonly anchors?: string;
  readonly json?: boolean;
}

interface ExportOptions extends DataFolderOptions {
  readonly out?: string;
  readonly from?: number;
  readonly to?: number;
}

/** `nightglass audit verify|anchor|export` */
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
    .option('--anchors <file>', 'anchors that "audit anchor" wrote: each record must be in the log')
    .option('--json', 'print a JSON object instead of a sentence')
    .action(async (options: VerifyOptions) => {
      const verdict = await verify(options);
      process.stdout.write(
        options.json === true ? `${JSON.stringify(verdict)}\n` : `${describe(verdict)}\n`,
      );
      if (!verdict.ok) process.exitCode = exitCodes.failed;
    });

  registerAnchor(place(audit.command('anchor')));

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
  const { anchors, config, file, head } = options;
  const checks: AuditChecks = {
    ...(head === undefined ? {} : { head }),
    ...(anchors === undefined ? {} : { anchors: await anchorsOf(anchors) }),
    ...(config === undefined ? {} : { retention: loadConfig(config).config.audit.retention }),
  };
  return file === undefined
    ? withAudit(options, async (log) => log.verify(checks))
    : withLines(file, (lines) => verifyLines(lines, checks));
}

/** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST` for a file that holds something else */
async function anchorsOf(file: string): Promise<readonly AuditAnchor[]> {
  try {
    return await withLines(file, readAnchors);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new NightglassError('BAD_REQUEST', `Cannot read anchors from ${file}: ${error.message}`, {
      hint: 'Give the file that "nightglass audit anchor" wrote, without other lines.',
      cause: error,
    });
  }
}

async function withLines<T>(
  file: string,
  work: (lines: AsyncIterable<string>) => Promise<T>,
): Promise<T> {
  let bytes: FileHandle;
  try {
    bytes = await open(file);
  } catch (error) {
    throw new NightglassError('NOT_FOUND', `Cannot read ${file}: ${String(error)}`);
  }
  try {
    return await work(bytes.readLines());
  } finally {
    await bytes.close();
  }
}

function describe(verdict: AuditVerdict): string {
  if (!verdict.ok) {
    return `broken at record ${verdict.brokenAt}: ${verdict.why} (${verdict.entries} sound records before it)`;
  }
  const pruned =
    verdict.prunedThrough === 0 ? '' : `, those up to ${verdict.prunedThrough} pruned by policy`;
  const anchored = verdict.anchors === undefined ? '' : `, ${verdict.anchors} anchors hold`;
  return `sound: ${verdict.entries} records${pruned}${anchored}\nhead ${verdict.head} (keep it elsewhere, for --head)`;
}

async function* jsonLines(records: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

function wallTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('must be a date such as 2026-05-31');
  return time;
}
