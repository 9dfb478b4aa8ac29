import type { Alert } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { useCameraName } from '../widgets/use-camera-name.ts';
import { AlertTime } from './alert-time.tsx';
import { StateChip } from './state-chip.tsx';

export interface AlertRowProps {
  readonly alert: Alert;
  readonly address: string;
  readonly chosen: boolean;
}

/** An alert in the list: a link to it. */
export function AlertRow({ alert, address, chosen }: AlertRowProps) {
  const camera = useCameraName(alert.cameraId);
  return (
    <a
      class="row"
      href={address}
      data-state={alert.state}
      data-id={alert.id}
      aria-current={chosen ? 'true' : undefined}
    >
      <EvidencePicture
        alertId={alert.id}
        keyframes={alert.keyframes}
        kind="face"
        alt=""
        absent=""
      />
      <span class="row-text">
        <bdi class="row-name">{nameOnAlert(alert)}</bdi>
        <span class="muted">
          <bdi>{alert.watchlistName}</bdi> · {camera}
        </span>
        <span class="muted">
          <AlertTime at={alert.capturedAt} />
        </span>
      </span>
      <span class="row-end">
        <StateChip state={alert.state} />
        {alert.scores !== undefined && (
          <span class="muted" title={t('alerts.score_fused')}>
            {formatNumber(alert.scores.fused, 2)}
          </span>
        )}
      </span>
    </a>
  );
}
