import { signal } from '@preact/signals';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { href } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { QualityComponents } from '../widgets/quality-components.tsx';
import { useCameraName } from '../widgets/use-camera-name.ts';
import { AlertClips } from './alert-clips.tsx';
import { AlertFacts } from './alert-facts.tsx';
import { AlertHistory } from './alert-history.tsx';
import { AlertOrigin } from './alert-origin.tsx';
import { AlertOutcome } from './alert-outcome.tsx';
import { AlertPictures } from './alert-pictures.tsx';
import { AlertTime } from './alert-time.tsx';
import { BestFrames } from './best-frames.tsx';
import { CoveredNote } from './covered-note.tsx';
import { EnrolAppearance } from './enrol-appearance.tsx';
import { ExportEvidence } from './export-evidence.tsx';
import { LookAlikeNote } from './look-alike-note.tsx';
import { MatchWords } from './match-words.tsx';
import { OtherAlerts } from './other-alerts.tsx';
import { PriorityChip } from './priority-chip.tsx';
import { ReviewButtons } from './review-buttons.tsx';
import { ScoreMeter } from './score-meter.tsx';
import { Sightings } from './sightings.tsx';
import { StateChip } from './state-chip.tsx';
import { isMarkedStill, StillNote } from './still-note.tsx';
import { useAlertRecord } from './use-alert-record.ts';
import { useReview } from './use-review.ts';

export interface AlertDetailProps {
  readonly id: string;
  /** Where the list is, for narrow screens. */
  readonly back: string;
}

/** All that is known of an alert, and what to do about it. */
export function AlertDetail({ id, back }: AlertDetailProps) {
  const dashboard = useDashboard();
  const { record, failure, take } = useAlertRecord(id);
  const alert = record?.alert;
  const reviewing = useReview(alert, 'detail-title', take);
  useShortcuts('alerts.review', [
    { keys: 'a', label: 'alerts.acknowledge', run: () => reviewing.begin('acknowledge') },
    { keys: 'c', label: 'alerts.confirm', run: () => reviewing.begin('confirm') },
    { keys: 'd', label: 'alerts.dismiss', run: () => reviewing.begin('dismiss') },
    { keys: 'e', label: 'alerts.escalate', run: () => reviewing.begin('escalate') },
  ]);
  if (record === undefined || alert === undefined) {
    return (
      <div class="detail">
        <a class="link detail-back" href={back}>
          {t('alerts.backToList')}
        </a>
        <p class="empty" role={failure === undefined ? undefined : 'alert'}>
          {failure === undefined ? t('alerts.loading') : errorText(failure)}
        </p>
      </div>
    );
  }
  return (
    <article
      class="detail"
      data-state={alert.state}
      data-id={alert.id}
      aria-labelledby="detail-title"
    >
      <a class="link detail-back" href={back}>
        {t('alerts.backToList')}
      </a>
      <DetailHead alert={alert} />
      <LookAlikeNote record={record} onChanged={take} />
      {isMarkedStill(alert) && <StillNote alert={alert} onLifted={take} />}
      {record.blind && (
        <div class="blind" role="note">
          <h3>{t('alerts.blindTitle')}</h3>
          <p>{t('alerts.blind')}</p>
        </div>
      )}
      <AlertPictures alert={alert} />
      <MatchWords appearance={alert} />
      <CoveredNote alert={alert} />
      <div class="detail-review">
        <ReviewButtons reviewing={reviewing} />
      </div>
      {alert.state === 'confirmed' && alert.stored && (
        <AlertOutcome key={alert.id} record={record} onRecorded={take} />
      )}
      <BestFrames alert={alert} />
      <AlertClips alert={alert} />
      <Sightings alert={alert} />
      <div class="detail-parts">
        <AlertHistory record={record} onNoted={take} />
        <OtherAlerts alert={alert} />
        {mayAs(dashboard.session, 'reviewer') && (
          <div class="stack">
            <p>
              <a class="link" href={href('search', undefined, { alert: alert.id })}>
                {t('alerts.searchFace')}
              </a>
            </p>
            {!record.blind && (
              <p>
                <ExportEvidence alertIds={[alert.id]} />
              </p>
            )}
            <p>
              <EnrolAppearance appearance={{ ...alert, alert, sighting: null }} />
            </p>
          </div>
        )}
      </div>
      <DetailFigures alert={alert} />
    </article>
  );
}

/** How it came about in figures: for engineers, and for who must answer for it. */
function DetailFigures({ alert }: { alert: Alert }) {
  return (
    <details class="match-figures" open={areFiguresOpen.value} onToggle={rememberFigures}>
      <summary>{t('alerts.figures')}</summary>
      <div class="detail-parts">
        <section class="part" aria-labelledby="scores-title">
          <h3 id="scores-title">{t('alerts.scores')}</h3>
          <ScoreMeter alert={alert} />
          <AlertFacts alert={alert} />
        </section>
        {alert.components !== undefined && alert.components.length > 0 && (
          <section class="part" aria-labelledby="quality-title">
            <h3 id="quality-title">{t('alerts.qualityComponents')}</h3>
            <QualityComponents
              components={alert.components.map((component) => ({ ...component, advice: null }))}
            />
          </section>
        )}
        <section class="part" aria-labelledby="origin-title">
          <h3 id="origin-title">{t('alerts.origin')}</h3>
          <AlertOrigin alert={alert} />
        </section>
      </div>
    </details>
  );
}

/** Who works with the figures finds them open at the next alert, too. */
const areFiguresOpen = signal(false);

function rememberFigures({ currentTarget }: { currentTarget: HTMLDetailsElement }): void {
  areFiguresOpen.value = currentTarget.open;
}

function DetailHead({ alert }: { alert: Alert }) {
  const camera = useCameraName(alert.cameraId);
  return (
    <>
      <header class="detail-head">
        <h2 id="detail-title" tabIndex={-1}>
          <bdi>{nameOnAlert(alert)}</bdi>
        </h2>
        <PriorityChip alert={alert} />
        <StateChip state={alert.state} />
        <p class="muted">
          <a href={href('watchlists', alert.watchlistId)}>
            <bdi>{alert.watchlistName}</bdi>
          </a>{' '}
          · <a href={href('camera', alert.cameraId)}>{camera}</a> ·{' '}
          <AlertTime at={alert.capturedAt} />
        </p>
      </header>
      {!alert.stored && (
        <p class="alert-unstored" role="alert">
          {t('alerts.notStored')}
        </p>
      )}
    </>
  );
}
