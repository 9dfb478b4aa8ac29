import type { FootageJob } from '../../../src/client/nightglass-client.ts';
import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { clockText } from '../widgets/clock-text.ts';

/** How far a search is, how fast, and how long it takes yet. */
export function JobProgress({ job }: { readonly job: FootageJob }) {
  const { progress, state } = job;
  if (state === 'asked' || state === 'refused') return null;
  const total = progress?.total ?? job.total;
  const seconds = progress?.seconds ?? job.seconds;
  const isReading = progress?.phase === 'reading';
  const share = isReading ? progress.share : total === null || total <= 0 ? null : seconds / total;
  return (
    <div class="footage-progress">
      <progress
        aria-label={t('footage.progress')}
        max={1}
        {...(share === null ? {} : { value: Math.min(1, share) })}
      />
      <p>
        {progress?.phase === 'quick' && <span>{t('footage.looking')}</span>}
        {isReading
          ? t('footage.reading')
          : total === null
            ? t('footage.progressOnly', { done: clockText(seconds) })
            : t('footage.progressOf', { done: clockText(seconds), total: clockText(total) })}
        {!isReading && share !== null && <span>{formatPercent(Math.min(1, share))}</span>}
        {progress?.speed != null && !isReading && (
          <span>{t('footage.speed', { speed: formatNumber(progress.speed, 1) })}</span>
        )}
        {progress?.secondsLeft != null && !isReading && (
          <span>{t('footage.left', { time: clockText(progress.secondsLeft) })}</span>
        )}
      </p>
    </div>
  );
}
