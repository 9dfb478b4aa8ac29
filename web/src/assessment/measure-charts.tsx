import { Histogram } from '../charts/histogram.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Table } from '../kit/table.tsx';
import { goodValues, type MeasureReport, measureValue } from './measure-value.ts';

/** How what was measured is distributed: pictures, and the same in figures. */
export function MeasureCharts({ measures }: { readonly measures: readonly MeasureReport[] }) {
  const known = measures.filter(({ count }) => count > 0);
  const missing = measures.filter(({ count }) => count === 0);
  return (
    <section class="panel" aria-labelledby="measured-title">
      <h2 id="measured-title">{t('assessment.measured')}</h2>
      {known.length > 0 && (
        <>
          <p class="muted">{t('assessment.measuredHow')}</p>
          <div class="assessment-charts">
            {known.map((measure) => (
              <Chart key={measure.measure} report={measure} />
            ))}
          </div>
        </>
      )}
      {missing.length > 0 && (
        <p class="muted">
          {t('assessment.measuredNone', { names: missing.map(nameOf).join(', ') })}
        </p>
      )}
      {known.length > 0 && (
        <details>
          <summary>{t('assessment.figures')}</summary>
          <Figures measures={known} />
        </details>
      )}
    </section>
  );
}

function nameOf({ measure }: MeasureReport): string {
  return t(`assessment.measure_${measure}`);
}

function Chart({ report }: { readonly report: MeasureReport }) {
  const { unit, edges, counts, good, low, median, high } = report;
  const value = (of: number | null) => measureValue(of, unit);
  const words = { low: value(low), median: value(median), high: value(high) };
  return (
    <figure data-measure={report.measure}>
      <figcaption>
        <span>{nameOf(report)}</span>
        <span class="assessment-median">{words.median}</span>
      </figcaption>
      <Histogram
        label={t('assessment.chart', { name: nameOf(report), ...words })}
        edges={edges}
        counts={counts}
        good={good}
        median={median}
        format={value}
      />
    </figure>
  );
}

function Figures({ measures }: { readonly measures: readonly MeasureReport[] }) {
  const figure = (of: 'low' | 'median' | 'high') => ({
    head: t(`assessment.${of}`),
    kind: 'number' as const,
    cell: (report: MeasureReport) => measureValue(report[of], report.unit),
  });
  return (
    <Table
      label={t('assessment.measured')}
      rows={measures}
      keyOf={({ measure }) => measure}
      columns={[
        { head: t('assessment.measure'), kind: 'header', cell: nameOf },
        figure('low'),
        figure('median'),
        figure('high'),
        { head: t('assessment.good'), kind: 'number', cell: goodValues },
        {
          head: t('assessment.count'),
          kind: 'number',
          cell: ({ count }) => formatNumber(count),
        },
      ]}
    />
  );
}
