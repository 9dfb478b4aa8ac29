import { formatBytes, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { mayAs } from '../shell/navigation.tsx';
import { Page } from '../shell/page.tsx';
import type { PageProps } from '../shell/page-props.ts';
import { Failure } from '../widgets/failure.tsx';
import { AuditSection } from './audit-section.tsx';
import { DropsSection } from './drops-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { StagesSection } from './stages-section.tsx';
import { useSystemSamples } from './system-samples.ts';
import type { SystemReport } from './wire.ts';
import './system.css';

/** What runs, on what, how fast, what was left out, and who did what. */
export default function SystemPage({ dashboard, route }: PageProps) {
  const samples = useSystemSamples(dashboard.api);
  const { latest } = samples;
  return (
    <Page title={t('system.title')}>
      <div class="panels">
        <Failure error={samples.error} onRetry={samples.retry} />
        {latest === undefined && samples.error === undefined && (
          <p class="empty">{t('shell.loading')}</p>
        )}
        {latest !== undefined && (
          <>
            <Server report={latest} />
            <ModelsSection dashboard={dashboard} report={latest} />
            <StagesSection samples={samples} />
            <DropsSection dashboard={dashboard} samples={samples} />
          </>
        )}
        {mayAs(dashboard.session, 'admin') && (
          <AuditSection dashboard={dashboard} target={route.query.get('target') ?? ''} />
        )}
      </div>
    </Page>
  );
}

function Server({ report }: { report: SystemReport }) {
  const { version, uptimeSeconds, store } = report;
  return (
    <section class="panel" aria-labelledby="server-title">
      <h2 id="server-title">{t('system.server')}</h2>
      <dl class="list-facts">
        <div>
          <dt>{t('system.version')}</dt>
          <dd>{version}</dd>
        </div>
        <div>
          <dt>{t('system.uptime')}</dt>
          <dd>{uptime(uptimeSeconds)}</dd>
        </div>
        {store.bytes !== null && (
          <div>
            <dt>{t('system.storeSize')}</dt>
            <dd>{formatBytes(store.bytes)}</dd>
          </div>
        )}
        <div>
          <dt>{t('system.store')}</dt>
          <dd>
            <span class="chip" data-tone={store.writable ? 'good' : 'bad'}>
              {t(store.writable ? 'system.storeWritable' : 'system.storeFault')}
            </span>{' '}
            {store.message}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function uptime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  if (days > 0) return t('system.uptimeDays', { days, hours });
  if (hours > 0) return t('system.uptimeHours', { hours, minutes: minutes % 60 });
  return t('system.uptimeMinutes', { minutes: formatNumber(minutes) });
}
