import { useEffect, useState } from 'preact/hooks';
import { AlertDetail } from '../alerts/alert-detail.tsx';
import { AlertRow } from '../alerts/alert-row.tsx';
import '../alerts/alerts.css';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useStore } from '../live/store.ts';
import { go, href } from '../shell/route.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import { Failure } from '../widgets/failure.tsx';
import { isOpen, ReviewQueue } from './review-queue.ts';

export interface QueueViewProps {
  readonly dashboard: Dashboard;
  /** The alert that is looked at. */
  readonly chosen: string | undefined;
}

/** The queue beside the alert that is looked at. */
export function QueueView({ dashboard, chosen }: QueueViewProps) {
  const [queue, setQueue] = useState<ReviewQueue>();
  useEffect(() => {
    const made = new ReviewQueue(dashboard);
    setQueue(made);
    return () => made.close();
  }, [dashboard]);
  return (
    <div class="alerts" data-chosen={chosen !== undefined}>
      <div class="alerts-list">
        {queue !== undefined && <QueueList dashboard={dashboard} queue={queue} chosen={chosen} />}
      </div>
      <div class="alerts-detail">
        {chosen === undefined ? (
          <p class="empty">{t('review.choose')}</p>
        ) : (
          <AlertDetail key={chosen} dashboard={dashboard} id={chosen} back={href('review')} />
        )}
      </div>
    </div>
  );
}

interface QueueListProps extends QueueViewProps {
  readonly queue: ReviewQueue;
}

function QueueList({ dashboard, queue, chosen }: QueueListProps) {
  const alerts = useStore(queue.alerts);
  const waiting = useStore(queue.waiting);
  const more = useStore(queue.more);
  const failure = useStore(queue.failure);
  const step = (by: 1 | -1, openOnly: boolean) => {
    const list = queue.alerts.value ?? [];
    const at = list.findIndex(({ id }) => id === chosen);
    const rest = by === 1 ? list.slice(at + 1) : list.slice(0, Math.max(0, at)).toReversed();
    const next = openOnly ? rest.find(isOpen) : rest[0];
    if (next === undefined) return;
    go(href('review', next.id), chosen !== undefined);
    document.querySelector(`.row[data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useShortcuts('review.title', [
    { keys: 'j', label: 'review.next', run: () => step(1, false) },
    { keys: 'k', label: 'review.previous', run: () => step(-1, false) },
    { keys: 'n', label: 'review.nextOpen', run: () => step(1, true) },
    { keys: 'r', label: 'review.reorder', run: () => void queue.reload() },
  ]);
  const open = alerts?.filter(isOpen).length ?? 0;
  const decided = (alerts?.length ?? 0) - open;
  return (
    <>
      <p class="queue-note">{t('review.order')}</p>
      <p class="muted rows-count" role="status">
        {alerts === null
          ? t('shell.loading')
          : t(more ? 'review.openMore' : 'review.open', { count: open })}
        {decided > 0 && ` ${t('review.decided', { count: decided })}`}
      </p>
      {waiting > 0 && (
        <button type="button" class="button" onClick={() => void queue.reload()}>
          {t('review.waiting', { count: waiting })}
        </button>
      )}
      <Failure error={failure} onRetry={() => void queue.reload()} />
      {alerts?.length === 0 && (
        <p class="empty">
          <strong>{t('review.noneTitle')}</strong> {t('review.none')}
        </p>
      )}
      <ol class="rows queue-rows" aria-label={t('review.queue')}>
        {alerts?.map((alert, i) => (
          <li key={alert.id} data-decided={!isOpen(alert)}>
            <span class="queue-place">
              <b>{formatNumber(i + 1)}</b>
              {alert.quality !== undefined && (
                <>
                  {t('review.quality')} <b>{formatNumber(Math.round(alert.quality))}</b>
                </>
              )}
            </span>
            <AlertRow
              dashboard={dashboard}
              alert={alert}
              address={href('review', alert.id)}
              chosen={alert.id === chosen}
            />
          </li>
        ))}
      </ol>
      {more && (
        <button type="button" class="button" onClick={() => void queue.loadMore()}>
          {t('forms.loadMore')}
        </button>
      )}
      <p class="muted queue-keys">{t('review.keys')}</p>
    </>
  );
}
