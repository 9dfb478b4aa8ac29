import { useState } from 'preact/hooks';
import type { ImportLine } from '../../../src/client/nightglass-client.ts';
import { codeText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check } from '../kit/check.tsx';
import { Table } from '../kit/table.tsx';
import { fileName, saveFile } from '../widgets/save-file.ts';
import { EnrolWarnings } from './enrol-warnings.tsx';
import { reportCsv } from './import-job.ts';

export interface ImportReportProps {
  readonly report: readonly ImportLine[];
  readonly listName: string;
  readonly finished: boolean;
}

/** Rows drawn at most; the saved report has all. */
const mostRows = 200;

const labels: Readonly<
  Record<string, { readonly key: Parameters<typeof t>[0]; readonly tone: string }>
> = {
  enrolled: { key: 'watchlists.reportEnrolled', tone: 'good' },
  known: { key: 'watchlists.known', tone: 'plain' },
  refused: { key: 'watchlists.refused', tone: 'bad' },
  skipped: { key: 'watchlists.reportSkipped', tone: 'plain' },
};

/** What became of each file: what needs a look first. */
export function ImportReport({ report, listName, finished }: ImportReportProps) {
  const [onlyTrouble, setOnlyTrouble] = useState(true);
  const count = (status: string) => report.filter((line) => line.status === status).length;
  const warned = report.filter(({ warnings }) => warnings.length > 0).length;
  const shown = onlyTrouble ? report.filter(isTrouble) : report;
  return (
    <section class="stack" aria-label={t('watchlists.report')}>
      <p class="report-counts">
        <b>{t('watchlists.reportCountEnrolled', { count: count('enrolled') })}</b>,{' '}
        {t('watchlists.reportCountWarned', { count: warned })},{' '}
        {t('watchlists.reportCountKnown', { count: count('known') })},{' '}
        <b>{t('watchlists.reportCountRefused', { count: count('refused') + count('skipped') })}</b>
      </p>
      <div class="button-row">
        <Check checked={onlyTrouble} onChecked={setOnlyTrouble}>
          {t('watchlists.reportOnlyTrouble')}
        </Check>
        {finished && (
          <Button onClick={() => saveFile(reportCsv(report, `${fileName(listName)}-import.csv`))}>
            {t('watchlists.reportSave')}
          </Button>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="muted">{t('watchlists.reportNoTrouble')}</p>
      ) : (
        <Table
          label={t('watchlists.report')}
          rows={shown.slice(0, mostRows)}
          keyOf={({ person, file }) => `${person}/${file}`}
          columns={[
            {
              head: t('watchlists.person'),
              kind: 'header',
              cell: ({ person }) => <bdi>{person}</bdi>,
            },
            { head: t('watchlists.reportFile'), cell: ({ file }) => <bdi>{file}</bdi> },
            { head: t('watchlists.reportOutcome'), cell: (line) => <Outcome line={line} /> },
          ]}
        />
      )}
      {shown.length > mostRows && (
        <p class="muted">{t('watchlists.reportMore', { shown: mostRows, total: shown.length })}</p>
      )}
    </section>
  );
}

function Outcome({ line }: { line: ImportLine }) {
  const { status, code, message, warnings } = line;
  const label = labels[status];
  return (
    <>
      <span class="chip" data-tone={label?.tone ?? 'plain'}>
        {label === undefined ? status : t(label.key)}
      </span>{' '}
      {code !== undefined && codeText(code, message ?? code)}
      <EnrolWarnings warnings={warnings} />
    </>
  );
}

function isTrouble({ status, warnings }: ImportLine): boolean {
  return status === 'refused' || status === 'skipped' || warnings.length > 0;
}
