import { useEffect, useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { Page } from '../page/page.tsx';
import { go, href, type PageProps, parseRoute } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { AlertDetail } from './alert-detail.tsx';
import { type AlertFilter, isUsual, readFilter, writeFilter } from './alert-filter.ts';
import { AlertFilters } from './alert-filters.tsx';
import { AlertQuery } from './alert-query.ts';
import { AlertRow } from './alert-row.tsx';
import { NoticeChoices } from './notice-choices.tsx';
import './alerts.css';

/** All alerts: a list that follows what comes, and beside it the one that is looked at. */
export default function AlertsPage({ route }: PageProps) {
  const dashboard = useDashboard();
  const filter = readFilter(route.query);
  const parameters = writeFilter(filter);
  const filterKey = JSON.stringify(parameters);
  const [query, setQuery] = useState<AlertQuery>();
  useEffect(() => {
    const made = new AlertQuery(dashboard, readFilter(route.query));
    setQuery(made);
    return () => made.close();
  }, [dashboard, filterKey]);
  const watchlists = useWatchlists();
  const address = (id: string | undefined) => href('alerts', id, parameters);
  const change = (next: AlertFilter) => go(href('alerts', undefined, writeFilter(next)));
  return (
    <Page title={t('alerts.title')} tools={<NoticeChoices />}>
      <div class="alerts" data-chosen={route.id !== undefined}>
        <div class="alerts-list">
          <AlertFilters watchlists={watchlists} filter={filter} onChange={change} />
          {query !== undefined && (
            <AlertList query={query} usual={isUsual(filter)} chosen={route.id} address={address} />
          )}
        </div>
        <div class="alerts-detail">
          {route.id === undefined ? (
            <p class="empty">{t('alerts.choose')}</p>
          ) : (
            <AlertDetail key={route.id} id={route.id} back={address(undefined)} />
          )}
        </div>
      </div>
    </Page>
  );
}

interface AlertListProps {
  readonly query: AlertQuery;
  readonly usual: boolean;
  readonly chosen: string | undefined;
  readonly address: (id: string | undefined) => string;
}

function AlertList({ query, usual, chosen, address }: AlertListProps) {
  const alerts = query.alerts.value;
  const more = query.more.value;
  const failure = query.failure.value;
  const step = (by: number) => {
    const list = query.alerts.value ?? [];
    // From the address: a key may come before the last one was drawn.
    const here = parseRoute(location.hash).id;
    const at = list.findIndex(({ id }) => id === here);
    const next = at === -1 ? list[0] : list[at + by];
    if (next === undefined) return;
    go(address(next.id), here !== undefined);
    document.querySelector(`.row[data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useShortcuts('alerts.title', [
    { keys: 'j', label: 'alerts.nextAlert', run: () => step(1) },
    { keys: 'k', label: 'alerts.previousAlert', run: () => step(-1) },
  ]);
  if (failure !== undefined && alerts === null) {
    return <Failure error={failure} onRetry={() => void query.load()} />;
  }
  if (alerts === null) return <p class="empty">{t('alerts.loading')}</p>;
  if (alerts.length === 0) {
    return (
      <p class="empty">
        <strong>{t(usual ? 'alerts.noneOpen' : 'alerts.noneFound')}</strong>{' '}
        {t(usual ? 'alerts.noneYetHint' : 'alerts.noneFoundHint')}
      </p>
    );
  }
  const count = alerts.length;
  return (
    <>
      <p class="muted rows-count" role="status">
        {t(more ? 'alerts.countMore' : 'alerts.count', { count })}
      </p>
      <ul class="rows" aria-label={t('alerts.list')}>
        {alerts.map((alert) => (
          <li key={alert.id}>
            <AlertRow alert={alert} address={address(alert.id)} chosen={alert.id === chosen} />
          </li>
        ))}
      </ul>
      {more && <Button onClick={() => void query.load()}>{t('alerts.loadMore')}</Button>}
    </>
  );
}

/** For the choice of a filter; without them the other filters still work. */
function useWatchlists(): readonly Watchlist[] {
  const dashboard = useDashboard();
  const [watchlists, setWatchlists] = useState<readonly Watchlist[]>([]);
  useEffect(() => {
    let gone = false;
    dashboard.client.watchlists().then(
      (lists) => {
        if (!gone) setWatchlists(lists);
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [dashboard]);
  return watchlists;
}
