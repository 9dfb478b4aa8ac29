import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { dayMs } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import { deploymentDocument } from '../services/reports/deployment-document.ts';
import type { DeploymentRecord } from '../services/reports/deployment-record.ts';
import { dpiaDocument } from '../services/reports/dpia-document.ts';
import { transparencyReport } from '../services/reports/read-reports.ts';
import { documentAsHtml, documentAsMarkdown } from '../services/reports/report-document.ts';
import type { TransparencyReport } from '../services/reports/transparency-report.ts';
import { PeopleSeenTable } from '../store/people-seen-table.ts';
import { deploymentFacts } from './deployment-facts.ts';
import { manifestOf } from './manifest-choice.ts';
import { withAudit } from './with-audit.ts';

interface DeploymentOptions {
  readonly config: string;
  readonly data?: string;
  readonly out?: string;
  readonly format: 'html' | 'json' | 'markdown';
}

/** So far back go the figures of an assessment. */
const figuresMs = 365 * dayMs;

/** `nightglass report deployment|dpia` */
export function registerDeploymentReports(report: Command): void {
  const place = (command: Command, formats: readonly string[]) =>
    command
      .requiredOption('-c, --config <file>', 'configuration file')
      .option('--data <dir>', 'data folder, instead of that of the configuration')
      .option('--out <file>', 'write to a file instead of standard output')
      .addOption(new Option('--format <format>', 'what to write').choices(formats).default('html'));

  place(report.command('deployment'), ['html', 'json'])
    .description(
      'where, why and with what it runs: what the configuration states, lists, cameras, accounts, models, settings and measures',
    )
    .action((options: DeploymentOptions) =>
      write(options, 'deployment', (record) =>
        options.format === 'json'
          ? `${JSON.stringify(record, undefined, 2)}\n`
          : documentAsHtml(deploymentDocument(record)),
      ),
    );
  place(report.command('dpia'), ['html', 'markdown'])
    .description(
      'a template of a data-protection impact assessment, filled with what the program knows; what people have to write is marked',
    )
    .action((options: DeploymentOptions) =>
      write(options, 'dpia', (record, figures) => {
        const document = dpiaDocument(record, figures);
        return options.format === 'markdown'
          ? documentAsMarkdown(document)
          : documentAsHtml(document);
      }),
    );
}

function write(
  options: DeploymentOptions,
  what: string,
  make: (record: DeploymentRecord, figures: TransparencyReport) => string,
): Promise<void> {
  const { config } = loadConfig(options.config);
  const now = systemClock.now();
  return withAudit(options, async (audit, store) => {
    if (store.health().durable) {
      const detail = { report: what, user: userInfo().username };
      audit.append({ who: 'command line', what: 'audit.exported', target: '', detail });
    }
    const manifest = manifestOf(options);
    const record = await deploymentFacts({ config, store, audit, manifest, now });
    const sources = { audit, seen: new PeopleSeenTable(store) };
    const period = { from: now - figuresMs, to: now, madeAt: now };
    const text = make(record, await transparencyReport(sources, period));
    if (options.out === undefined) process.stdout.write(text);
    else await writeFile(options.out, text, { mode: 0o600 });
  });
}
