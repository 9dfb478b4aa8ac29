import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Appearance } from '../live/appearances.ts';
import { pictureVerdict } from './picture-verdict.ts';

export interface MatchWordsProps {
  readonly appearance: Pick<Appearance, 'scores' | 'threshold' | 'quality' | 'interEyeDistance'>;
}

/** What a match rests on, in an operator's words; the figures stand elsewhere. */
export function MatchWords({ appearance }: MatchWordsProps) {
  const { scores, threshold, interEyeDistance } = appearance;
  const verdict = pictureVerdict(appearance);
  return (
    <div class="match-words">
      {scores === undefined || threshold === undefined ? (
        <p>{t('alerts.scoresHidden')}</p>
      ) : (
        <p>
          {t('alerts.match')} <strong>{formatNumber(scores.fused, 2)}</strong>
          <span class="muted">
            {' '}
            · {t('alerts.reportsFrom', { value: formatNumber(threshold, 2) })}
          </span>
        </p>
      )}
      <p data-verdict={verdict}>
        {t(`alerts.picture_${verdict}`)}
        <span class="muted">
          {' '}
          · {t('alerts.betweenEyes', { value: formatNumber(interEyeDistance, 0) })}
        </span>
      </p>
    </div>
  );
}
