import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';

/** Alerts on this device, fetched when somebody opens it. */
export function DeviceAlertsSection() {
  const [Shown, setShown] = useState<ComponentType>();
  const [hasFailed, setFailed] = useState(false);
  const load = () => {
    if (Shown !== undefined) return;
    setFailed(false);
    import('./device-alerts.tsx').then(
      ({ DeviceAlerts }) => setShown(() => DeviceAlerts),
      () => setFailed(true),
    );
  };
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open && load()}>
      <summary>{t('push.title')}</summary>
      {Shown !== undefined && <Shown />}
      {hasFailed && <p role="alert">{t('shell.pageFailed')}</p>}
    </details>
  );
}
