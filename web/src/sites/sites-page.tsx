import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField } from '../kit/field.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { Page } from '../page/page.tsx';
import { go, href, type PageProps } from '../page/route.ts';
import { SiteAlertCard } from './site-alert-card.tsx';
import { SiteAlertQuery, siteAlertKey } from './site-alert-query.ts';
import { readSiteFilter, type SiteFilter, siteAlertStates } from './site-filter.ts';
import { SiteStates } from './site-states.tsx';
import './sites.css';

/** Sites come and go without an event: how they are is asked again. */
const statesEveryMs = 10_000;

/** The sites of this centre, how they are, and the alerts that came up from them. */
export default function SitesPage({ route }: PageProps) {
  const dashboard = useDashboard();
  const { client } = dashboard;
  const filter = readSiteFilter(route.query);
  const { site, state } = filter;
  const view = useQuery(() => client.federation(), [client]);
  useEffect(() => {
    const timer = setInterval(view.reload, statesEveryMs);
    return () => clearInterval(timer);
  }, [view.reload]);
  const [query, setQuery] = useState<SiteAlertQuery>();
  useEffect(() => {
    const made = new SiteAlertQuery(dashboard, { site, state });
    setQuery(made);
    return () => made.close();
  }, [dashboard, site, state]);
  return (
    <Page title={t('sites.title')}>
      <div class="sites">
        <p class="muted">{t('sites.about')}</p>
        <Failure error={view.error} onRetry={view.reload} />
        {view.value === undefined ? (
          view.error === undefined && <p class="empty">{t('shell.loading')}</p>
        ) : (
          <SiteStates view={view.value} chosen={site} />
        )}
        <section class="stack" aria-labelledby="site-alerts-title">
          <h2 id="site-alerts-title">{t('sites.alerts')}</h2>
          <Filters filter={filter} />
          {query !== undefined && (
            <Alerts query={query} usual={site === undefined && state === undefined} />
          )}
        </section>
      </div>
    </Page>
  );
}

function Filters({ filter }: { filter: SiteFilter }) {
  const { session } = useDashboard();
  const change = (part: Partial<SiteFilter>) => {
    go(href('sites', undefined, { ...filter, ...part }));
  };
  return (
    <form
      class="site-filters"
      aria-label={t('alerts.filters')}
      onSubmit={(event) => event.preventDefault()}
    >
      <SelectField
        label={t('sites.site')}
        value={filter.site ?? ''}
        options={[
          { value: '', label: t('alerts.any') },
          ...session.sites.map((site) => ({ value: site, label: site })),
        ]}
        onValue={(site) => change({ site: site === '' ? undefined : site })}
      />
      <SelectField
        label={t('alerts.filterState')}
        value={filter.state ?? ''}
        options={[
          { value: '' as const, label: t('alerts.stateAll') },
          ...siteAlertStates.map((value) => ({ value, label: t(`alerts.state_${value}`) })),
        ]}
        onValue={(state) => change({ state: state === '' ? undefined : state })}
      />
    </form>
  );
}

function Alerts({ query, usual }: { query: SiteAlertQuery; usual: boolean }) {
  const alerts = query.alerts.value;
  const failure = query.failure.value;
  const retry = () => void query.load();
  if (alerts === null) {
    if (failure !== undefined) return <Failure error={failure} onRetry={retry} />;
    return <p class="empty">{t('alerts.loading')}</p>;
  }
  if (alerts.length === 0) {
    return <p class="empty">{t(usual ? 'sites.noAlerts' : 'sites.noneFound')}</p>;
  }
  return (
    <>
      <ul class="site-alerts" aria-label={t('sites.alerts')}>
        {alerts.map((alert) => (
          <li key={siteAlertKey(alert)}>
            <SiteAlertCard alert={alert} renewed={query.renewed.value} />
          </li>
        ))}
      </ul>
      <Failure error={failure} onRetry={retry} />
      {query.more.value && <Button onClick={retry}>{t('alerts.loadMore')}</Button>}
    </>
  );
}
