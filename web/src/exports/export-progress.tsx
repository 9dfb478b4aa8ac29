import type { TextKey } from '../i18n/dictionaries.ts';
import { t } from '../i18n/t.ts';
import { clockText } from '../widgets/clock-text.ts';
import type { ExportProgress as Progress } from './use-export-job.ts';
import './export-progress.css';

interface Props {
  readonly progress: Progress | undefined;
  /** What is said while pictures are looked at. */
  readonly pictures?: TextKey;
}

/** What is being done for a case, how much of that is done, and how long it takes yet. */
export function ExportProgress({ progress, pictures = 'alerts.exportPictures' }: Props) {
  const isCounted = progress?.step === 'clips';
  return (
    <div class="export-progress">
      <progress
        aria-label={t('alerts.exportProgress')}
        max={1}
        {...(isCounted ? { value: progress.share } : {})}
      />
      <p>
        {/* Said when another clip begins, not with each second. */}
        <span role="status">{whatIsDone(progress, pictures)}</span>
        {progress?.secondsLeft != null && isCounted && (
          <span>{t('alerts.exportLeft', { time: clockText(progress.secondsLeft) })}</span>
        )}
      </p>
    </div>
  );
}

function whatIsDone(progress: Progress | undefined, pictures: TextKey): string {
  if (progress === undefined) return t('alerts.exportSending');
  const { step, done, total } = progress;
  const counted = { number: Math.min(done + 1, total), count: total };
  switch (step) {
    case 'pictures':
      return t(pictures, counted);
    case 'clips':
      return t('alerts.exportHiding', counted);
    case 'report':
      return t('alerts.exportReport');
  }
}
