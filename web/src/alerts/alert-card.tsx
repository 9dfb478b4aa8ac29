import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { appearancesOf, newestAppearance } from '../live/appearances.ts';
import { href } from '../page/route.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { useCameraName } from '../widgets/use-camera-name.ts';
import { AlertPictures } from './alert-pictures.tsx';
import { AlertTime } from './alert-time.tsx';
import { MatchFigures } from './match-figures.tsx';
import { MatchWords } from './match-words.tsx';
import { PriorityChip } from './priority-chip.tsx';
import { ReviewButtons } from './review-buttons.tsx';
import { seenTimes } from './seen-times.ts';
import { StateChip } from './state-chip.tsx';
import { TimeLine } from './time-line.tsx';
import { useReview } from './use-review.ts';

/** An alert beside the wall: enough to acknowledge it; the rest is a click away. */
export function AlertCard({ alert }: { alert: Alert }) {
  const appearances = appearancesOf(alert);
  const newest = newestAppearance(alert);
  const camera = useCameraName(newest.cameraId);
  const reviewing = useReview(alert, 'feed-title');
  const titleId = `alert-${alert.id}`;
  return (
    <article class="alert" data-state={alert.state} aria-labelledby={titleId}>
      <header class="alert-head">
        <div>
          <h3 id={titleId}>
            <a href={href('alerts', alert.id)}>
              <bdi>{nameOnAlert(alert)}</bdi>
            </a>
          </h3>
          <p class="muted">
            <bdi>{alert.watchlistName}</bdi> · {camera} · <AlertTime at={newest.capturedAt} />
            {appearances.length > 1 && ` · ${seenTimes(appearances)}`}
          </p>
          <TimeLine appearances={appearances} />
        </div>
        <span class="chips">
          <PriorityChip alert={alert} />
          <StateChip state={alert.state} />
        </span>
      </header>
      {!alert.stored && (
        <p class="alert-unstored" role="alert">
          {t('alerts.notStored')}
        </p>
      )}
      <AlertPictures alert={alert} />
      <MatchWords appearance={alert} />
      <MatchFigures alert={alert} />
      <ReviewButtons reviewing={reviewing} />
    </article>
  );
}
