import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { formatAgo, formatDate, formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { type Expiry, expiryOf } from './expiry.ts';

const tones: Record<Expiry, string> = {
  never: 'plain',
  fine: 'plain',
  soon: 'warn',
  expired: 'bad',
};

/** When a list ends, the louder the nearer. */
export function ExpiryChip({ list, now }: { list: Watchlist; now: number }) {
  const expiry = expiryOf(list, now);
  const { expiresAt } = list;
  return (
    <span
      class="chip"
      data-tone={tones[expiry]}
      title={expiresAt === null ? undefined : formatDateTime(expiresAt)}
    >
      {expiresAt === null
        ? t('watchlists.expiryNever')
        : expiry === 'expired'
          ? t('watchlists.expiryPast', { date: formatDate(expiresAt) })
          : expiry === 'soon'
            ? t('watchlists.expirySoon', { when: formatAgo(expiresAt, now) })
            : t('watchlists.expiryFine', { date: formatDate(expiresAt) })}
    </span>
  );
}
