import type { CameraStatus } from '../../../src/client/nightglass-client.ts';
import { codeText } from '../i18n/error-text.ts';
import { formatTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { duration, stateLabel, stateTones } from './camera-state.ts';
import { lastSeen } from './last-seen.ts';

export interface CameraTroubleProps {
  readonly status: CameraStatus;
}

/** Stands over the last picture of a camera that is not live: how it is, since when, and what comes. */
export function CameraTrouble({ status }: CameraTroubleProps) {
  const dashboard = useDashboard();
  const now = useNow(1_000);
  const seen = lastSeen(dashboard, status.cameraId);
  const left = status.retryAt === undefined ? 0 : Math.ceil((status.retryAt - now) / 1000);
  return (
    <div class="tile-trouble" data-tone={stateTones[status.state]}>
      <strong>{stateLabel(status.state)}</strong>
      <span>
        {t('wall.forSoLong', { time: duration(now - status.since) })}
        {seen !== undefined &&
          `; ${t('wall.lastPicture', { time: formatTime(now - (performance.now() - seen)) })}`}
      </span>
      {status.reason !== undefined && (
        <span>{codeText(status.reason.code, status.reason.message)}</span>
      )}
      {left > 0 && <span class="tile-retry">{t('wall.nextAttempt', { seconds: left })}</span>}
    </div>
  );
}
