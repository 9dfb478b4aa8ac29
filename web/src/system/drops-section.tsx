import { LineChart } from '../charts/line-chart.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useStore } from '../live/store.ts';
import { TableRoom } from '../widgets/table-room.tsx';
import { reasonText } from './drop-reason-text.ts';
import { keptSamples, type SystemSamples } from './system-samples.ts';

export interface DropsSectionProps {
  readonly dashboard: Dashboard;
  readonly samples: SystemSamples;
}

/** What was left out and why: live as rates, by camera as totals. */
export function DropsSection({ dashboard, samples }: DropsSectionProps) {
  const cameras = useStore(dashboard.cameras) ?? [];
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
          <TableRoom label={t('system.dropsByCamera')}>
            <table class="table">
              <caption>{t('system.dropsByCamera')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('system.camera')}</th>
                  {reasons.map((reason) => (
                    <th key={reason} scope="col" class="number">
                      {reasonText(reason)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {ids.map((id) => (
                  <tr key={id}>
                    <th scope="row">
                      <bdi>{cameras.find((camera) => camera.id === id)?.name ?? id}</bdi>
                    </th>
                    {reasons.map((reason) => (
                      <td key={reason} class="number">
                        {formatNumber(count(id, reason))}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </TableRoom>
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
