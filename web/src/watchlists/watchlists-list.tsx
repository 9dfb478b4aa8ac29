import { useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { ArmingChip } from '../arming/arming-chip.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { href, leave } from '../page/route.ts';
import { CameraNames } from './camera-names.tsx';
import { expiryOf } from './expiry.ts';
import { ExpiryChip } from './expiry-chip.tsx';
import { waitsForReview } from './list-review.tsx';
import { WatchlistForm } from './watchlist-form.tsx';

/** The lists that the visitor may see, those that end soon first named. */
export function WatchlistsList() {
  const { client, session } = useDashboard();
  const lists = useQuery(() => client.watchlists(), [client]);
  const [making, setMaking] = useState(false);
  const now = useNow(60_000);
  const mayChange = mayAs(session, 'admin');
  return (
    <Page
      title={t('watchlists.title')}
      tools={
        <>
          <a class="link" href={href('learning')}>
            {t('learning.link')}
          </a>
          {mayChange && (
            <Button class="page-action" action="confirm" onClick={() => setMaking(true)}>
              {t('watchlists.new')}
            </Button>
          )}
        </>
      }
    >
      <div class="panels">
        <Failure error={lists.error} onRetry={lists.reload} />
        {lists.value === undefined && lists.loading && <p class="empty">{t('shell.loading')}</p>}
        {lists.value !== undefined && <Warnings lists={lists.value} now={now} />}
        {lists.value?.length === 0 && (
          <p class="empty">
            <strong>{t('watchlists.noneTitle')}</strong>{' '}
            {t(mayChange ? 'watchlists.noneAdmin' : 'watchlists.noneOther')}
          </p>
        )}
        <ul class="list-cards">
          {lists.value?.map((list) => (
            <ListCard key={list.id} list={list} now={now} />
          ))}
        </ul>
      </div>
      {making && (
        <WatchlistForm
          onSaved={(list) => leave(href('watchlists'), href('watchlists', list.id))}
          onClose={() => setMaking(false)}
        />
      )}
    </Page>
  );
}

function Warnings({ lists, now }: { lists: readonly Watchlist[]; now: number }) {
  const expired = lists.filter((list) => expiryOf(list, now) === 'expired');
  const soon = lists.filter((list) => expiryOf(list, now) === 'soon');
  const waiting = lists.filter(waitsForReview);
  if (expired.length + soon.length + waiting.length === 0) return null;
  const names = (some: readonly Watchlist[]) => some.map(({ name }) => name).join(', ');
  return (
    <div class="list-warnings" role="status">
      {expired.length > 0 && (
        <p data-tone="bad">
          {t('watchlists.warnExpired', { count: expired.length, names: names(expired) })}
        </p>
      )}
      {waiting.length > 0 && (
        <p data-tone="warn">
          {t('watchlists.warnWaiting', { count: waiting.length, names: names(waiting) })}
        </p>
      )}
      {soon.length > 0 && (
        <p data-tone="warn">
          {t('watchlists.warnSoon', { count: soon.length, names: names(soon) })}
        </p>
      )}
    </div>
  );
}

interface ListCardProps {
  readonly list: Watchlist;
  readonly now: number;
}

function ListCard({ list, now }: ListCardProps) {
  return (
    <li class="list-card" data-expiry={expiryOf(list, now)}>
      <div class="list-card-head">
        <h2>
          <a href={href('watchlists', list.id)}>
            <bdi>{list.name}</bdi>
          </a>
        </h2>
        <span class="chips">
          {waitsForReview(list) && (
            <span class="chip" data-tone="warn">
              {t('watchlists.waits')}
            </span>
          )}
          <ArmingChip kind="watchlist" id={list.id} always />
          <ExpiryChip list={list} now={now} />
        </span>
      </div>
      <p class="list-purpose">{list.purpose}</p>
      <dl class="list-facts">
        <div>
          <dt>{t('watchlists.people')}</dt>
          <dd>{formatNumber(list.people)}</dd>
        </div>
        <div>
          <dt>{t('watchlists.cameras')}</dt>
          <dd>
            <CameraNames cameras={list.cameras} />
          </dd>
        </div>
        <div>
          <dt>{t('watchlists.falseAlarms')}</dt>
          <dd>{t('watchlists.oneIn', { count: Math.round(1 / list.fpir) })}</dd>
        </div>
        <div>
          <dt>{t('watchlists.reviewers')}</dt>
          <dd>{t(list.twoPersonReview ? 'watchlists.two' : 'watchlists.one')}</dd>
        </div>
        <div>
          <dt>{t('watchlists.owner')}</dt>
          <dd>
            <bdi>{list.owner}</bdi>
          </dd>
        </div>
        <div>
          <dt>{t('watchlists.authorisation')}</dt>
          <dd>
            <bdi>{list.authorisation}</bdi>
          </dd>
        </div>
      </dl>
    </li>
  );
}
