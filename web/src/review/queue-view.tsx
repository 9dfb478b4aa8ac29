import { useEffect, useState } from 'preact/hooks';
import { AlertDetail } from '../alerts/alert-detail.tsx';
import { AlertRow } from '../alerts/alert-row.tsx';
import { Button } from '../kit/button.tsx';
import '../alerts/alerts.css';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Failure } from '../kit/failure.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { go, href, parseRoute } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { isOpen, ReviewQueue } from './review-queue.ts';

export interface QueueViewProps {
  /** The alert that is looked at. */
  readonly chosen: string | undefined;
}

/** The queue beside the alert that is looked at. */
export function QueueView({ chosen }: QueueViewProps) {
  const dashboard = useDashboard();
  const [queue, setQueue] = useState<ReviewQueue>();
  useEffect(() => {
    const made = new ReviewQueue(dashboard);
    setQueue(made);
    return () => made.close();
  }, [dashboard]);
  return (
    <div class="alerts" data-chosen={chosen !== undefined}>
      <div class="alerts-list">
        {queue !== undefined && <QueueList queue={queue} chosen={chosen} />}
      </div>
      <div class="alerts-detail">
        {chosen === undefined ? (
          <p class="empty">{t('review.choose')}</p>
        ) : (
          <AlertDetail key={chosen} id={chosen} back={href('review')} />
        )}
      </div>
    </div>
  );
}

interface QueueListProps extends QueueViewProps {
  readonly queue: ReviewQueue;
}

function QueueList({ queue, chosen }: QueueListProps) {
  const alerts = queue.alerts.value;
  const waiting = queue.waiting.value;
  const more = queue.more.value;
  const failure = queue.failure.value;
  const step = (by: 1 | -1, openOnly: boolean) => {
    const list = queue.alerts.value ?? [];
    // From the address: a key may come before the last one was drawn.
    const here = parseRoute(location.hash).id;
    const at = list.findIndex(({ id }) => id === here);
    const rest = by === 1 ? list.slice(at + 1) : list.slice(0, Math.max(0, at)).toReversed();
    const next = openOnly ? rest.find(isOpen) : rest[0];
    if (next === undefined) return;
    go(href('review', next.id), here !== undefined);
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
        <Button onClick={() => void queue.reload()}>
          {t('review.waiting', { count: waiting })}
        </Button>
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
              person={{ head: alert, alerts: [alert] }}
              address={href('review', alert.id)}
              chosen={alert.id === chosen}
            />
          </li>
        ))}
      </ol>
      {more && <Button onClick={() => void queue.loadMore()}>{t('forms.loadMore')}</Button>}
      <p class="muted queue-keys">{t('review.keys')}</p>
    </>
  );
}
