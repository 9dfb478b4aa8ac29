import type { CameraStatus } from '../api/wire.ts';
import { codeText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { useNow } from '../live/store.ts';
import { duration, stateLabel, stateTones } from './camera-state.ts';

/** Stands over the last picture of a camera that is not live: how it is, since when, and what comes. */
export function CameraTrouble({ status }: { status: CameraStatus }) {
  const now = useNow(1_000);
  const left = status.retryAt === undefined ? 0 : Math.ceil((status.retryAt - now) / 1000);
  return (
    <div class="tile-trouble" data-tone={stateTones[status.state]}>
      <strong>{stateLabel(status.state)}</strong>
      <span>{t('wall.forSoLong', { time: duration(now - status.since) })}</span>
      {status.reason !== undefined && (
        <span>{codeText(status.reason.code, status.reason.message)}</span>
      )}
      {left > 0 && <span class="tile-retry">{t('wall.nextAttempt', { seconds: left })}</span>}
    </div>
  );
}
