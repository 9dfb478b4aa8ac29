import { t } from '../i18n/t.ts';
import { Check } from '../kit/check.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { desktopPermission } from '../notices/notices.ts';

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
      <Check checked={sound} onChecked={(on) => void notices.setSound(on)}>
        {t('alerts.sound')}
      </Check>
      <Check
        checked={desktop}
        disabled={why !== undefined}
        aria-describedby={why === undefined ? undefined : 'notice-why'}
        onChecked={(on) => void notices.setDesktop(on)}
      >
        {t('alerts.desktop')}
      </Check>
      {why !== undefined && (
        <span id="notice-why" class="muted">
          {why}
        </span>
      )}
      {sound && waits && <span class="notice-waits">{t('alerts.soundWaits')}</span>}
    </div>
  );
}
