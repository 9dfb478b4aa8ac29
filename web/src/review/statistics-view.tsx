import { useState } from 'preact/hooks';
import type { Statistics, VerdictCounts } from '../../../src/client/nightglass-client.ts';
import { BarChart } from '../charts/bar-chart.tsx';
import { SplitBar } from '../charts/split-bar.tsx';
import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { Table } from '../kit/table.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { Outcomes } from './outcomes.tsx';
import { cameraRowName, type RowName, watchlistRowName } from './row-names.ts';
import { Suggestions } from './suggestions.tsx';

const periods = [7, 30, 90, 365] as const;
const dayMs = 86_400_000;

const bands = {
  good: 'review.qualityGood',
  fair: 'review.qualityFair',
  poor: 'review.qualityPoor',
} as const;

/** What reviewers decided, by camera, list and quality, and which thresholds that speaks for. */
export function StatisticsView() {
  const dashboard = useDashboard();
  const { client } = dashboard;
  const [days, setDays] = useState<number>(30);
  const statistics = useQuery(() => {
    const from = Date.now() - days * dayMs;
    return client.statistics({ from });
  }, [client, days]);
  const cameras = dashboard.cameras.value;
  const known = statistics.value;
  return (
    <div class="panels">
      <fieldset class="periods">
        <legend class="visually-hidden">{t('review.period')}</legend>
        {periods.map((period) => (
          <Button key={period} aria-pressed={period === days} onClick={() => setDays(period)}>
            {t('review.lastDays', { count: period })}
          </Button>
        ))}
      </fieldset>
      <Failure error={statistics.error} onRetry={statistics.reload} />
      {known === undefined && statistics.loading && <p class="empty">{t('shell.loading')}</p>}
      {known !== undefined && (
        <>
          <Total counts={known.total} />
          <Suggestions suggestions={known.suggestions} onApplied={statistics.reload} />
          <div class="statistics">
            <Breakdown
              title={t('review.byWatchlist')}
              rows={known.byWatchlist.map((row) => ({
                ...row,
                key: row.watchlistId,
                name: inWords(watchlistRowName(row)),
              }))}
            />
            <Breakdown
              title={t('review.byCamera')}
              rows={known.byCamera.map((row) => ({
                ...row,
                key: row.cameraId,
                name: inWords(cameraRowName(row, cameras)),
              }))}
            />
            <Breakdown
              title={t('review.byQuality')}
              rows={known.byQuality.map((row) => ({
                ...row,
                key: String(row.from),
                name: t(bands[row.band], { from: row.from, to: row.to }),
              }))}
            />
            <Scores scores={known.scores} />
          </div>
          <Outcomes statistics={known} />
        </>
      )}
    </div>
  );
}

function inWords(name: RowName): string {
  return typeof name === 'string' ? name : t(name.key, name.params);
}

const tones = [
  ['confirmed', 'review.confirmed'],
  ['dismissed', 'review.dismissed'],
  ['open', 'review.stillOpen'],
] as const;

function Total({ counts }: { counts: VerdictCounts }) {
  const decided = counts.confirmed + counts.dismissed;
  return (
    <section class="panel" aria-label={t('review.total')}>
      <dl class="totals">
        {tones.map(([tone, label]) => (
          <div key={tone}>
            <dt class="chart-key" data-tone={tone}>
              {t(label)}
            </dt>
            <dd>{formatNumber(counts[tone])}</dd>
          </div>
        ))}
        <div>
          <dt>{t('review.shareConfirmed')}</dt>
          <dd>{decided === 0 ? '–' : formatPercent(counts.confirmed / decided)}</dd>
        </div>
      </dl>
    </section>
  );
}

interface BreakdownRow extends VerdictCounts {
  readonly key: string;
  readonly name: string;
}

function Breakdown({ title, rows }: { title: string; rows: readonly BreakdownRow[] }) {
  const largest = Math.max(
    1,
    ...rows.map(({ confirmed, dismissed, open }) => confirmed + dismissed + open),
  );
  return (
    <section class="panel" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="muted">{t('review.nothing')}</p>
      ) : (
        <Table
          label={title}
          class="breakdown"
          rows={rows}
          keyOf={({ key }) => key}
          columns={[
            {
              head: <span class="visually-hidden">{title}</span>,
              kind: 'header',
              cell: ({ name }) => <bdi>{name}</bdi>,
            },
            {
              head: <span class="visually-hidden">{t('review.share')}</span>,
              class: 'breakdown-bar',
              cell: (row) => <SplitBar counts={row} largest={largest} />,
            },
            ...tones.map(([tone, label]) => ({
              head: t(label),
              kind: 'number' as const,
              cell: (row: BreakdownRow) => formatNumber(row[tone]),
            })),
          ]}
        />
      )}
    </section>
  );
}

function Scores({ scores }: { scores: Statistics['scores'] }) {
  const used = scores.filter(({ confirmed, dismissed }) => confirmed + dismissed > 0);
  const first = scores.at(0);
  const last = scores.at(-1);
  return (
    <section class="panel" aria-label={t('review.scores')}>
      <h2>{t('review.scores')}</h2>
      {used.length === 0 || first === undefined || last === undefined ? (
        <p class="muted">{t('review.noneDecided')}</p>
      ) : (
        <>
          <p class="histogram-key">
            <span class="chart-key" data-tone="confirmed">
              {t('review.confirmedUp')}
            </span>{' '}
            <span class="chart-key" data-tone="dismissed">
              {t('review.dismissedDown')}
            </span>
          </p>
          <div>
            <BarChart
              label={t('review.scoresLabel')}
              height={140}
              up={{ tone: 'confirmed', values: scores.map(({ confirmed }) => confirmed) }}
              down={{ tone: 'dismissed', values: scores.map(({ dismissed }) => dismissed) }}
            />
            <p class="histogram-scale" aria-hidden="true">
              <span>{formatNumber(first.from, 2)}</span>
              <span>{t('review.similarity')}</span>
              <span>{formatNumber(last.to, 2)}</span>
            </p>
          </div>
          <details>
            <summary>{t('review.figures')}</summary>
            <Table
              label={t('review.figures')}
              rows={used}
              keyOf={({ from }) => from}
              columns={[
                {
                  head: t('review.similarity'),
                  kind: 'header',
                  cell: ({ from, to }) => `${formatNumber(from, 2)} – ${formatNumber(to, 2)}`,
                },
                {
                  head: t('review.confirmed'),
                  kind: 'number',
                  cell: ({ confirmed }) => formatNumber(confirmed),
                },
                {
                  head: t('review.dismissed'),
                  kind: 'number',
                  cell: ({ dismissed }) => formatNumber(dismissed),
                },
              ]}
            />
          </details>
        </>
      )}
    </section>
  );
}
