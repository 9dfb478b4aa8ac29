import { formatDate, formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Table } from '../kit/table.tsx';
import { type Assessment, measureValue } from './measure-value.ts';
import { shareFrom } from './share-from.ts';

type Level = Assessment['figures']['tracks'][number];

/** The measured figures that the verdict is read from, beside how large people stand here. */
export function EvaluationTable({ assessment }: { readonly assessment: Assessment }) {
  const { figures, measures } = assessment;
  const seen = measures.find(({ measure }) => measure === 'interEyeDistance');
  const here = ({ eyes }: Level) => (seen === undefined ? null : shareFrom(eyes, seen));
  return (
    <section class="panel" aria-labelledby="evaluation-title">
      <h2 id="evaluation-title">{t('assessment.evaluation')}</h2>
      <p class="muted">
        {t('assessment.evaluationText', {
          date: formatDate(Date.parse(figures.date)),
          enrolled: figures.enrolled,
          searches: Math.round(1 / figures.fpir),
        })}
      </p>
      <Table
        label={t('assessment.evaluation')}
        rows={figures.tracks}
        keyOf={({ level }) => level}
        columns={[
          {
            head: t('assessment.level'),
            kind: 'header',
            cell: ({ eyes }) => measureValue(eyes, 'px'),
          },
          { head: t('assessment.tpir'), kind: 'number', cell: ({ tpir }) => withInterval(tpir) },
          { head: t('assessment.rank1'), kind: 'number', cell: ({ rank1 }) => withInterval(rank1) },
          {
            head: t('assessment.probes'),
            kind: 'number',
            cell: ({ probes }) => formatNumber(probes),
          },
          {
            head: t('assessment.here'),
            kind: 'number',
            cell: (level) => {
              const share = here(level);
              return share === null ? '–' : formatPercent(share);
            },
          },
        ]}
      />
    </section>
  );
}

function withInterval({ value, low, high }: Level['tpir']): string {
  return t('assessment.interval', {
    value: formatPercent(value),
    low: formatPercent(low),
    high: formatPercent(high),
  });
}
