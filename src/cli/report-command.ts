import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { transparencyReport, usesOfLists } from '../services/reports/read-reports.ts';
import { reportAsCsv, reportAsHtml } from '../services/reports/report-text.ts';
import { PeopleSeenTable } from '../store/people-seen-table.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { registerDeploymentReports } from './report-deployment.ts';
import { wallTime } from './wall-time.ts';
import { withAudit } from './with-audit.ts';

const formats = ['html', 'csv', 'json'] as const;

interface ReportOptions extends DataFolderOptions {
  readonly from: number;
  readonly to?: number;
  readonly out?: string;
}

interface TransparencyOptions extends ReportOptions {
  readonly format: (typeof formats)[number];
}

/** `nightglass report transparency|uses|deployment|dpia` */
export function registerReport(program: Command): void {
  const report = program.command('report').description('what was done in a period, for others');
  const place = (command: Command) =>
    command
      .requiredOption('--from <date>', 'from this day or time on (ISO 8601)', wallTime)
      .option('--to <date>', 'before this day or time (default: now)', wallTime)
      .option('--out <file>', 'write to a file instead of standard output')
      .option('-c, --config <file>', 'configuration file, for its data folder')
      .option('--data <dir>', 'data folder');

  place(report.command('transparency'))
    .description(
      'people seen, alerts, false alerts, times to review and deletions, by camera and list',
    )
    .addOption(new Option('--format <format>', 'what to write').choices(formats).default('html'))
    .action((options: TransparencyOptions) =>
      write(options, 'transparency', async (sources, period) => {
        const made = await transparencyReport(sources, period);
        if (options.format === 'json') return `${JSON.stringify(made, undefined, 2)}\n`;
        return options.format === 'csv' ? reportAsCsv(made) : reportAsHtml(made);
      }),
    );

  place(report.command('uses'))
    .description(
      'each use of a watchlist with its grounds, matches and who verified them, as JSON Lines: the fields of article 12(3) of the EU AI Act',
    )
    .action((options: ReportOptions) =>
      write(options, 'uses', async (sources, period) =>
        (await usesOfLists(sources, period)).map((use) => `${JSON.stringify(use)}\n`).join(''),
      ),
    );
  registerDeploymentReports(report);
}

/** @throws NightglassError `BAD_REQUEST` for a period that ends before it begins */
function write(
  options: ReportOptions,
  what: string,
  make: (
    sources: Parameters<typeof transparencyReport>[0],
    period: Parameters<typeof transparencyReport>[1],
  ) => Promise<string>,
): Promise<void> {
  const madeAt = systemClock.now();
  const { from, out, to = madeAt } = options;
  if (from >= to) {
    throw new NightglassError('BAD_REQUEST', 'Cannot report: `--from` is not before `--to`');
  }
  return withAudit(options, async (audit, store) => {
    if (store.health().durable) {
      const detail = { report: what, user: userInfo().username, from, to };
      audit.append({ who: 'command line', what: 'audit.exported', target: '', detail });
    }
    const text = await make({ audit, seen: new PeopleSeenTable(store) }, { from, to, madeAt });
    if (out === undefined) process.stdout.write(text);
    else await writeFile(out, text, { mode: 0o600 });
  });
}
