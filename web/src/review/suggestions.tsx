import { useState } from 'preact/hooks';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mayAs } from '../shell/navigation.tsx';
import { ConfirmDialog } from '../widgets/confirm-dialog.tsx';
import type { Suggestion } from './wire.ts';

export interface SuggestionsProps {
  readonly dashboard: Dashboard;
  readonly suggestions: readonly Suggestion[];
  readonly onApplied: () => void;
}

/** Thresholds that the reviews speak for. Nothing changes before an administrator says so. */
export function Suggestions({ dashboard, suggestions, onApplied }: SuggestionsProps) {
  const [applying, setApplying] = useState<Suggestion>();
  const mayApply = mayAs(dashboard.session, 'admin');
  return (
    <section class="panel" aria-labelledby="suggestions-title">
      <h2 id="suggestions-title">{t('review.suggestions')}</h2>
      {suggestions.length === 0 && <p class="muted">{t('review.noSuggestions')}</p>}
      <ul class="suggestions">
        {suggestions.map((suggestion) => {
          const { watchlistId, watchlistName, threshold, suggested } = suggestion;
          return (
            <li key={watchlistId}>
              <p>
                <b>
                  <bdi>{watchlistName}</bdi>
                </b>
                : {formatNumber(threshold, 2)} → <b>{formatNumber(suggested, 2)}</b>
              </p>
              <p class="muted">{why(suggestion)}</p>
              {mayApply && (
                <button type="button" class="button" onClick={() => setApplying(suggestion)}>
                  {t('review.apply')}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {applying !== undefined && (
        <ConfirmDialog
          title={t('review.applyTitle')}
          confirmLabel={t('review.applyNow')}
          onConfirm={async () => {
            await dashboard.api.send(
              'PATCH',
              `/api/watchlists/${encodeURIComponent(applying.watchlistId)}`,
              { fixedThreshold: applying.suggested },
            );
            onApplied();
          }}
          onClose={() => setApplying(undefined)}
        >
          <p>
            {t('review.applyText', {
              name: applying.watchlistName,
              from: formatNumber(applying.threshold, 2),
              to: formatNumber(applying.suggested, 2),
            })}
          </p>
        </ConfirmDialog>
      )}
    </section>
  );
}

/** The gateway's reasoning, in the page's language. */
function why({ direction, spares, dismissed, loses, confirmed, samples }: Suggestion): string {
  const reason =
    direction === 'raise'
      ? t('review.suggestUp', { spares, dismissed, loses, confirmed })
      : t('review.suggestDown', { dismissed, samples });
  return `${reason} ${t('review.samples', { count: samples })}`;
}
