import { LineChart } from '../charts/line-chart.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Table } from '../kit/table.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { reasonText } from './drop-reason-text.ts';
import { keptSamples, type SystemSamples } from './system-samples.ts';

export interface DropsSectionProps {
  readonly samples: SystemSamples;
}

/** What was left out and why: live as rates, by camera as totals. */
export function DropsSection({ samples }: DropsSectionProps) {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value ?? [];
  const drops = samples.latest?.drops ?? [];
  const reasons = [...samples.drops.keys()];
  const ids = [...new Set(drops.map(({ cameraId }) => cameraId))].sort();
  const count = (cameraId: string, reason: string) =>
    drops
      .filter((drop) => drop.cameraId === cameraId && drop.reason === reason)
      .reduce((sum, drop) => sum + drop.count, 0);
  return (
    <section class="panel" aria-labelledby="drops-title">
      <div class="panel-head">
        <h2 id="drops-title">{t('system.drops')}</h2>
        <span class="muted">{t('system.chartSpan')}</span>
      </div>
      {reasons.length === 0 ? (
        <p class="muted">{t('system.noDrops')}</p>
      ) : (
        <>
          <ul class="chart-cards">
            {[...samples.drops].map(([reason, rates]) => {
              const rate = perSecond(rates.at(-1) ?? null);
              const name = reasonText(reason);
              return (
                <li key={reason} class="chart-card">
                  <h3>{name}</h3>
                  <p class="chart-figures">
                    <b>{rate}</b>
                  </p>
                  <LineChart
                    length={keptSamples}
                    label={t('system.dropChart', { reason: name, rate })}
                    series={[{ name: reason, values: rates, tone: 'first' }]}
                  />
                </li>
              );
            })}
          </ul>
          <Table
            label={t('system.dropsByCamera')}
            caption={t('system.dropsByCamera')}
            rows={ids}
            keyOf={(id) => id}
            columns={[
              {
                head: t('system.camera'),
                kind: 'header',
                cell: (id) => <bdi>{cameras.find((camera) => camera.id === id)?.name ?? id}</bdi>,
              },
              ...reasons.map((reason) => ({
                head: reasonText(reason),
                kind: 'number' as const,
                cell: (id: string) => formatNumber(count(id, reason)),
              })),
            ]}
          />
        </>
      )}
    </section>
  );
}

function perSecond(rate: number | null): string {
  return rate === null
    ? '–'
    : t('system.perSecond', { rate: formatNumber(rate, rate < 10 ? 1 : 0) });
}
