import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { appearancesOf, type PersonAlerts, pictureKind } from '../live/appearances.ts';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { useCameraName } from '../widgets/use-camera-name.ts';
import { AlertTime } from './alert-time.tsx';
import { PriorityChip } from './priority-chip.tsx';
import { seenTimes } from './seen-times.ts';
import { StateChip } from './state-chip.tsx';
import { isMarkedStill } from './still-note.tsx';
import { TimeLine } from './time-line.tsx';

export interface AlertRowProps {
  readonly person: PersonAlerts;
  readonly address: string;
  readonly chosen: boolean;
}

/** A person in the list: a link to the newest alert, with all times that the person was seen. */
export function AlertRow({ person: { head, alerts }, address, chosen }: AlertRowProps) {
  const appearances = alerts.flatMap(appearancesOf).sort((a, b) => a.capturedAt - b.capturedAt);
  const newest = appearances.at(-1) ?? { ...head, sighting: null, alert: head };
  const camera = useCameraName(newest.cameraId);
  return (
    <a
      class="row"
      href={address}
      data-state={head.state}
      data-id={head.id}
      aria-current={chosen ? 'true' : undefined}
    >
      <EvidencePicture
        alertId={newest.alert.id}
        keyframes={newest.keyframes}
        kind={pictureKind(newest, 'face')}
        alt=""
        absent=""
      />
      <span class="row-text">
        <bdi class="row-name">{nameOnAlert(head)}</bdi>
        <span class="muted">
          <bdi>{head.watchlistName}</bdi> · {camera}
        </span>
        <span class="row-when muted">
          <AlertTime at={newest.capturedAt} />
          {appearances.length > 1 && ` · ${seenTimes(appearances)}`}
          {alerts.some(isMarkedStill) && ` · ${t('alerts.stillShort')}`}
        </span>
        <TimeLine appearances={appearances} />
      </span>
      <span class="row-end">
        <PriorityChip alert={head} />
        <StateChip state={head.state} />
        {newest.scores !== undefined && (
          <span class="muted" title={t('alerts.score_fused')}>
            {formatNumber(newest.scores.fused, 2)}
          </span>
        )}
      </span>
    </a>
  );
}
