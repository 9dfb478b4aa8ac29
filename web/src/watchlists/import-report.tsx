import { useState } from 'preact/hooks';
import { codeText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { fileName, saveFile } from '../widgets/save-file.ts';
import { TableRoom } from '../widgets/table-room.tsx';
import { EnrolWarnings } from './enrol-warnings.tsx';
import { type ImportLine, reportCsv } from './import-job.ts';

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
        <label class="choice">
          <input
            type="checkbox"
            checked={onlyTrouble}
            onChange={(event) => setOnlyTrouble(event.currentTarget.checked)}
          />
          {t('watchlists.reportOnlyTrouble')}
        </label>
        {finished && (
          <button
            type="button"
            class="button"
            onClick={() => saveFile(reportCsv(report), `${fileName(listName)}-import.csv`)}
          >
            {t('watchlists.reportSave')}
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="muted">{t('watchlists.reportNoTrouble')}</p>
      ) : (
        <TableRoom label={t('watchlists.report')}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{t('watchlists.person')}</th>
                <th scope="col">{t('watchlists.reportFile')}</th>
                <th scope="col">{t('watchlists.reportOutcome')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, mostRows).map((line) => (
                <Row key={`${line.person}/${line.file}`} line={line} />
              ))}
            </tbody>
          </table>
        </TableRoom>
      )}
      {shown.length > mostRows && (
        <p class="muted">{t('watchlists.reportMore', { shown: mostRows, total: shown.length })}</p>
      )}
    </section>
  );
}

function Row({ line }: { line: ImportLine }) {
  const { person, file, status, code, message, warnings } = line;
  const label = labels[status];
  return (
    <tr>
      <th scope="row">
        <bdi>{person}</bdi>
      </th>
      <td>
        <bdi>{file}</bdi>
      </td>
      <td>
        <span class="chip" data-tone={label?.tone ?? 'plain'}>
          {label === undefined ? status : t(label.key)}
        </span>{' '}
        {code !== undefined && codeText(code, message ?? code)}
        <EnrolWarnings warnings={warnings} />
      </td>
    </tr>
  );
}

function isTrouble({ status, warnings }: ImportLine): boolean {
  return status === 'refused' || status === 'skipped' || warnings.length > 0;
}
