import type { Alert } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import './alert-figures.css';

/** The three similarities and the threshold that the fused one was held against. */
export function ScoreMeter({ alert }: { alert: Pick<Alert, 'scores' | 'threshold'> }) {
  const { scores, threshold } = alert;
  if (scores === undefined || threshold === undefined) {
    return <p class="scores scores-note">{t('alerts.scoresHidden')}</p>;
  }
  return (
    <div class="scores">
      <Score name={t('alerts.score_fused')} value={scores.fused} threshold={threshold} decides />
      <Score name={t('alerts.score_raw')} value={scores.raw} threshold={threshold} />
      <Score name={t('alerts.score_enhanced')} value={scores.enhanced} threshold={threshold} />
      <p class="scores-note">{t('alerts.threshold', { value: formatNumber(threshold, 2) })}</p>
    </div>
  );
}

interface ScoreProps {
  readonly name: string;
  readonly value: number | null;
  readonly threshold: number;
  /** True for the one that decided. */
  readonly decides?: boolean;
}

function Score({ name, value, threshold, decides = false }: ScoreProps) {
  const width = (score: number) => `${Math.max(0, Math.min(1, score)) * 100}%`;
  const above = value !== null && value >= threshold;
  return (
    <div class="score" data-decides={decides}>
      <span class="score-name">{name}</span>
      <span class="score-bar" aria-hidden="true">
        {value !== null && (
          <span class="score-fill" data-above={above} style={{ width: width(value) }} />
        )}
        <span class="score-mark" style={{ left: width(threshold) }} />
      </span>
      <span class="score-value">
        {value === null ? t('alerts.scoreNone') : formatNumber(value, 2)}
        {value !== null && (
          <span class="visually-hidden">, {t(above ? 'alerts.above' : 'alerts.below')}</span>
        )}
      </span>
    </div>
  );
}
