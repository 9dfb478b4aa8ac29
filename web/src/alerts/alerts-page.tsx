import { useEffect, useState } from 'preact/hooks';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check } from '../kit/check.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { byPerson, type PersonAlerts } from '../live/appearances.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { peopleByPriority } from '../live/priorities.ts';
import { isUnlimited } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { go, href, type PageProps, parseRoute } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { AlertDetail } from './alert-detail.tsx';
import { type AlertFilter, isUsual, readFilter, writeFilter } from './alert-filter.ts';
import { AlertFilters } from './alert-filters.tsx';
import { AlertQuery } from './alert-query.ts';
import { AlertRow } from './alert-row.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { NoticeChoices } from './notice-choices.tsx';
import './alerts.css';

/** As the style sheet has it: the list and an alert side by side. */
const bothFit = '(min-width: 821px)';

/** All alerts: a list by person that follows what comes, and beside it the one that is looked at. */
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
  // The newest is looked at until another is chosen; later ones do not push it aside.
  const [first, setFirst] = useState<string>();
  useEffect(() => setFirst(undefined), [filterKey]);
  const chosen = route.id ?? (matchMedia(bothFit).matches ? first : undefined);
  const watchlists = dashboard.watchlists.value;
  const address = (id: string | undefined) => href('alerts', id, parameters);
  const change = (next: AlertFilter) => go(href('alerts', undefined, writeFilter(next)));
  return (
    <Page title={t('alerts.title')} tools={<AlertTools />}>
      <div class="alerts" data-chosen={route.id !== undefined}>
        <div class="alerts-list">
          <AlertFilters watchlists={watchlists} filter={filter} onChange={change} />
          {query !== undefined && (
            <AlertList
              query={query}
              usual={isUsual(filter)}
              chosen={chosen}
              address={address}
              onFirst={setFirst}
            />
          )}
        </div>
        <div class="alerts-detail">
          {chosen === undefined ? (
            <p class="empty">{t('alerts.choose')}</p>
          ) : (
            <AlertDetail key={chosen} id={chosen} back={address(undefined)} />
          )}
        </div>
      </div>
    </Page>
  );
}

/** Switches of this browser, and the way to the end of the shift. */
function AlertTools() {
  const { session } = useDashboard();
  return (
    <>
      {isUnlimited(session) ? (
        <HandOverLink />
      ) : (
        <a class="link" href={href('shift')}>
          {t('shifts.summary')}
        </a>
      )}
      <NoticeChoices />
    </>
  );
}

function HandOverLink() {
  const { client, session } = useDashboard();
  const waiting = useQuery(() => client.handOvers({ limit: 1 }), [client]).value?.handOvers[0];
  const isOurs = waiting?.incoming === null && waiting.outgoing !== session.name;
  return (
    <a class="link" href={href('shift')}>
      {isOurs ? t('shifts.waitingLink', { name: waiting.outgoing }) : t('shifts.link')}
    </a>
  );
}

interface AlertListProps {
  readonly query: AlertQuery;
  readonly usual: boolean;
  readonly chosen: string | undefined;
  readonly address: (id: string | undefined) => string;
  /** Called with the newest while none is chosen. */
  readonly onFirst: (id: string) => void;
}

function AlertList({ query, usual, chosen, address, onFirst }: AlertListProps) {
  const alerts = query.alerts.value;
  const total = query.total.value;
  const lists = useDashboard().watchlists;
  const people = peopleByPriority(byPerson(alerts ?? []), lists.value);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const isPicked = ({ head }: PersonAlerts) => picked.has(keyOf(head));
  const pick = ({ head }: PersonAlerts, checked: boolean) => {
    const next = new Set(picked);
    if (checked) next.add(keyOf(head));
    else next.delete(keyOf(head));
    setPicked(next);
  };
  const failure = query.failure.value;
  const step = (by: number) => {
    const list = peopleByPriority(byPerson(query.alerts.value ?? []), lists.value);
    // From the address: a key may come before the last one was drawn.
    const here = parseRoute(location.hash).id ?? chosen;
    const at = list.findIndex((person) => person.alerts.some(({ id }) => id === here));
    const next = (at === -1 ? list[0] : list[at + by])?.head;
    if (next === undefined) return;
    go(address(next.id), parseRoute(location.hash).id !== undefined);
    document.querySelector(`.row[data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const first = people[0]?.head.id;
  useEffect(() => {
    if (chosen === undefined && first !== undefined) onFirst(first);
  }, [chosen, first]);
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
  return (
    <>
      <p class="muted rows-count" role="status">
        {query.more.value && total !== undefined
          ? t('alerts.countShown', { count: total, shown: alerts.length })
          : t('alerts.count', { count: total ?? alerts.length })}
      </p>
      <BulkBar
        alerts={people.filter(isPicked).flatMap((person) => person.alerts)}
        onAll={() => setPicked(new Set(people.map(({ head }) => keyOf(head))))}
        onNone={() => setPicked(new Set())}
      />
      <ul class="rows" aria-label={t('alerts.list')}>
        {people.map((person) => (
          <li key={keyOf(person.head)} class="row-line">
            <Check
              aria-label={t('alerts.select', { name: nameOnAlert(person.head) })}
              checked={isPicked(person)}
              onChecked={(checked) => pick(person, checked)}
            >
              {''}
            </Check>
            <AlertRow
              person={person}
              address={address(person.head.id)}
              chosen={person.alerts.some(({ id }) => id === chosen)}
            />
          </li>
        ))}
      </ul>
      {query.more.value && (
        <Button onClick={() => void query.load()}>{t('alerts.loadMore')}</Button>
      )}
    </>
  );
}

function keyOf({ watchlistId, personId }: Alert): string {
  return JSON.stringify([watchlistId, personId]);
}
