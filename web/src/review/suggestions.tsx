import { useState } from 'preact/hooks';
import type { Suggestion } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';

export interface SuggestionsProps {
  readonly suggestions: readonly Suggestion[];
  readonly onApplied: () => void;
}

/** Thresholds that the reviews speak for. Nothing changes before an administrator says so. */
export function Suggestions({ suggestions, onApplied }: SuggestionsProps) {
  const { client, session } = useDashboard();
  const [applying, setApplying] = useState<Suggestion>();
  const mayApply = mayAs(session, 'admin');
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
                <Button onClick={() => setApplying(suggestion)}>{t('review.apply')}</Button>
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
            await client.changeWatchlist(applying.watchlistId, {
              fixedThreshold: applying.suggested,
            });
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
