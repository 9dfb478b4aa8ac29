import type { Alert } from '../api/wire.ts';
import { useCameraName } from '../cameras/use-camera-name.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { AlertTime } from './alert-time.tsx';
import { EvidencePicture } from './evidence-picture.tsx';
import { StateChip } from './state-chip.tsx';

export interface AlertRowProps {
  readonly dashboard: Dashboard;
  readonly alert: Alert;
  readonly address: string;
  readonly chosen: boolean;
}

/** An alert in the list: a link to it. */
export function AlertRow({ dashboard, alert, address, chosen }: AlertRowProps) {
  const camera = useCameraName(dashboard, alert.cameraId);
  return (
    <a
      class="row"
      href={address}
      data-state={alert.state}
      data-id={alert.id}
      aria-current={chosen ? 'true' : undefined}
    >
      <EvidencePicture api={dashboard.api} alert={alert} kind="face" alt="" absent="" />
      <span class="row-text">
        <bdi class="row-name">{alert.personName}</bdi>
        <span class="muted">
          <bdi>{alert.watchlistName}</bdi> · {camera}
        </span>
        <span class="muted">
          <AlertTime at={alert.createdAt} />
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
