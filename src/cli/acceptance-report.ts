import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { fontFolder } from '../app/package-root.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import {
  type AcceptanceDocument,
  documentOf,
} from '../services/acceptance/report/acceptance-document.ts';
import { reportOfAcceptance } from '../services/acceptance/report/report-of-acceptance.ts';
import { htmlReport } from '../services/evidence/report/html-report.ts';
import { pdfReport } from '../services/evidence/report/pdf-report.ts';
import type { AcceptanceOptions } from './acceptance-options.ts';
import {
  countedFaces,
  type OpenedAcceptance,
  testedProgram,
  withAcceptance,
} from './with-acceptance.ts';

export interface AcceptanceReportOptions extends AcceptanceOptions {
  readonly faces?: readonly string[];
  readonly format: 'html' | 'pdf' | 'json';
  readonly out?: string;
}

/** Writes the report of a test, on record. @throws NightglassError */
export async function writeAcceptanceReport(options: AcceptanceReportOptions): Promise<void> {
  const { format, out } = options;
  if (format === 'pdf' && out === undefined) {
    throw new NightglassError('USAGE', 'Cannot print a PDF', { hint: 'Give --out FILE.' });
  }
  const document = await withAcceptance(options, (opened) => documentFor(options, opened));
  const text = await textOf(document, format);
  if (out === undefined) process.stdout.write(text);
  else await writeFile(out, text, { mode: 0o600 });
}

async function documentFor(
  options: AcceptanceReportOptions,
  opened: OpenedAcceptance,
): Promise<AcceptanceDocument> {
  const { audit, tests } = opened;
  const test = options.test === undefined ? lastOf(opened) : tests.get(options.test);
  if (test.finishedAt !== null && options.faces !== undefined) {
    throw new NightglassError('USAGE', 'Cannot count faces: the test is finished', {
      hint: 'Its figures are those of the count that it was finished with.',
    });
  }
  const counted = countedFaces(options.faces ?? [], opened);
  const results = tests.results(test.id, counted);
  const settings = tests.settings(test.id, await testedProgram(options, opened));
  const detail = { report: 'acceptance', user: userInfo().username, test: test.id };
  audit.append({ who: 'command line', what: 'audit.exported', target: '', detail });
  const records = ['acceptance.started', 'acceptance.finished'].flatMap((what) =>
    audit.list({ target: test.id, what }),
  );
  return documentOf(test, {
    ...{ results, settings, madeAt: systemClock.now() },
    records: records.map((record) => ({
      ...{ at: new Date(record.at).toISOString(), what: record.what },
      ...{ by: record.who, hash: record.hash },
    })),
  });
}

/** The one under way, else the newest. */
function lastOf({ tests }: OpenedAcceptance) {
  const [newest] = tests.list();
  const isGoing = tests.list().some((test) => tests.state(test) === 'under way');
  return isGoing || newest === undefined ? tests.get() : newest;
}

async function textOf(
  document: AcceptanceDocument,
  format: AcceptanceReportOptions['format'],
): Promise<string | Uint8Array> {
  if (format === 'json') return `${JSON.stringify(document, undefined, 2)}\n`;
  const content = reportOfAcceptance(document);
  if (format === 'html') return htmlReport(content);
  const writtenAt = new Date(document.madeAt);
  return pdfReport({ content, pictures: new Map(), fontFolder, writtenAt });
}
