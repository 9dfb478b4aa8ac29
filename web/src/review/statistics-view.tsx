import { useState } from 'preact/hooks';
import { Histogram } from '../charts/histogram.tsx';
import { SplitBar } from '../charts/split-bar.tsx';
import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useStore } from '../live/store.ts';
import { Failure } from '../widgets/failure.tsx';
import { TableRoom } from '../widgets/table-room.tsx';
import { useRemote } from '../widgets/use-remote.ts';
import { cameraRowName, type RowName, watchlistRowName } from './row-names.ts';
import { Suggestions } from './suggestions.tsx';
import type { Statistics, VerdictCounts } from './wire.ts';

const periods = [7, 30, 90, 365] as const;
const dayMs = 86_400_000;

const bands = {
  good: 'review.qualityGood',
  fair: 'review.qualityFair',
  poor: 'review.qualityPoor',
} as const;

/** What reviewers decided, by camera, list and quality, and which thresholds that speaks for. */
export function StatisticsView({ dashboard }: { dashboard: Dashboard }) {
  const { api } = dashboard;
  const [days, setDays] = useState<number>(30);
  const statistics = useRemote(() => {
    const from = Date.now() - days * dayMs;
    return api.get<Statistics>(`/api/statistics?from=${from}`);
  }, [api, days]);
  const cameras = useStore(dashboard.cameras);
  const known = statistics.value;
  return (
    <div class="panels">
      <fieldset class="periods">
        <legend class="visually-hidden">{t('review.period')}</legend>
        {periods.map((period) => (
          <button
            key={period}
            type="button"
            class="button"
            aria-pressed={period === days}
            onClick={() => setDays(period)}
          >
            {t('review.lastDays', { count: period })}
          </button>
        ))}
      </fieldset>
      <Failure error={statistics.error} onRetry={statistics.reload} />
      {known === undefined && statistics.loading && <p class="empty">{t('shell.loading')}</p>}
      {known !== undefined && (
        <>
          <Total counts={known.total} />
          <Suggestions
            dashboard={dashboard}
            suggestions={known.suggestions}
            onApplied={statistics.reload}
          />
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
        <TableRoom label={title}>
          <table class="table breakdown">
            <thead>
              <tr>
                <th scope="col">
                  <span class="visually-hidden">{title}</span>
                </th>
                <td class="breakdown-bar" />
                <th scope="col" class="number">
                  {t('review.confirmed')}
                </th>
                <th scope="col" class="number">
                  {t('review.dismissed')}
                </th>
                <th scope="col" class="number">
                  {t('review.stillOpen')}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, name, confirmed, dismissed, open }) => (
                <tr key={key}>
                  <th scope="row">
                    <bdi>{name}</bdi>
                  </th>
                  <td class="breakdown-bar">
                    <SplitBar
                      largest={largest}
                      parts={[
                        { key: 'confirmed', value: confirmed, tone: 'confirmed' },
                        { key: 'dismissed', value: dismissed, tone: 'dismissed' },
                        { key: 'open', value: open, tone: 'open' },
                      ]}
                    />
                  </td>
                  <td class="number">{formatNumber(confirmed)}</td>
                  <td class="number">{formatNumber(dismissed)}</td>
                  <td class="number">{formatNumber(open)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableRoom>
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
            <Histogram bins={scores} label={t('review.scoresLabel')} />
            <p class="histogram-scale" aria-hidden="true">
              <span>{formatNumber(first.from, 2)}</span>
              <span>{t('review.similarity')}</span>
              <span>{formatNumber(last.to, 2)}</span>
            </p>
          </div>
          <details>
            <summary>{t('review.figures')}</summary>
            <table class="table">
              <thead>
                <tr>
                  <th scope="col">{t('review.similarity')}</th>
                  <th scope="col" class="number">
                    {t('review.confirmed')}
                  </th>
                  <th scope="col" class="number">
                    {t('review.dismissed')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {used.map(({ from, to, confirmed, dismissed }) => (
                  <tr key={from}>
                    <th scope="row">
                      {formatNumber(from, 2)} – {formatNumber(to, 2)}
                    </th>
                    <td class="number">{formatNumber(confirmed)}</td>
                    <td class="number">{formatNumber(dismissed)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </section>
  );
}
