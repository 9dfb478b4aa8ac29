import type { AlertRecord } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { AlertTime } from './alert-time.tsx';

/** Who did what about an alert; the first verdict is hidden from a second reviewer. */
export function AlertHistory({ record }: { record: AlertRecord }) {
  const { reviews, review, blind } = record;
  return (
    <section class="part" aria-labelledby="history-title">
      <h3 id="history-title">{t('alerts.history')}</h3>
      {review.needed === 2 && !review.decided && (
        <p class="muted">{t('alerts.twoNeeded', { count: review.voters.length })}</p>
      )}
      {reviews.length === 0 && <p class="muted">{t('alerts.historyNone')}</p>}
      <ol class="history">
        {reviews.map(({ action, reviewer, reason, at }) => {
          const verdict = action === 'confirm' || action === 'dismiss';
          const hidden = blind && verdict;
          return (
            <li key={`${at} ${reviewer}`}>
              <b>{reviewer}</b> {hidden ? t('alerts.didHidden') : t(`alerts.did_${action}`)}{' '}
              <span class="muted">
                <AlertTime at={at} />
              </span>
              {!hidden && reason !== '' && <q>{reason}</q>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
