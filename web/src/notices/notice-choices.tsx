import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { desktopPermission } from './notices.ts';

/** Whether new alerts make a sound and a notice of the desktop. */
export function NoticeChoices() {
  const { notices } = useDashboard();
  const sound = notices.sound.value;
  const desktop = notices.desktop.value;
  const waits = notices.soundWaits.value;
  const permission = desktopPermission();
  const why =
    permission === 'missing'
      ? t('alerts.desktopMissing')
      : permission === 'denied'
        ? t('alerts.desktopDenied')
        : undefined;
  return (
    <div class="notice-choices">
      <label class="check">
        <input
          type="checkbox"
          checked={sound}
          onChange={({ currentTarget: { checked } }) => void notices.setSound(checked)}
        />
        {t('alerts.sound')}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={desktop}
          disabled={why !== undefined}
          aria-describedby={why === undefined ? undefined : 'notice-why'}
          onChange={({ currentTarget: { checked } }) => void notices.setDesktop(checked)}
        />
        {t('alerts.desktop')}
      </label>
      {why !== undefined && (
        <span id="notice-why" class="muted">
          {why}
        </span>
      )}
      {sound && waits && <span class="notice-waits">{t('alerts.soundWaits')}</span>}
    </div>
  );
}
