import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';

export interface AlertOriginProps {
  readonly alert: Alert;
  /** Of which moment and track; the alert's own unless it says otherwise. */
  readonly appearance?: Pick<Alert, 'capturedAt' | 'trackId'>;
}

/** Where an alert comes from: moment, track, models and configuration, as a record would have it. */
export function AlertOrigin({ alert, appearance = alert }: AlertOriginProps) {
  const { id, revision } = alert;
  return (
    <dl class="origin">
      <dt>{t('alerts.captured')}</dt>
      <dd>{new Date(appearance.capturedAt).toISOString()}</dd>
      <dt>{t('alerts.alertId')}</dt>
      <dd>{t('alerts.revision', { id, revision: String(revision) })}</dd>
      <dt>{t('alerts.track')}</dt>
      <dd>{appearance.trackId}</dd>
      <dt>{t('alerts.models')}</dt>
      <dd>
        {alert.models.map(({ name, sha256 }) => (
          <span key={name}>
            {name} <code title={sha256}>{sha256.slice(0, 12)}</code>{' '}
          </span>
        ))}
      </dd>
      <dt>{t('alerts.configuration')}</dt>
      <dd>
        <code title={alert.configHash}>{alert.configHash.slice(0, 16)}</code>
      </dd>
    </dl>
  );
}
