import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';

/** Where an alert comes from: moment, track, models and configuration, as a record would have it. */
export function AlertOrigin({ alert }: { alert: Alert }) {
  const { id, revision } = alert;
  return (
    <dl class="origin">
      <dt>{t('alerts.captured')}</dt>
      <dd>{new Date(alert.capturedAt).toISOString()}</dd>
      <dt>{t('alerts.alertId')}</dt>
      <dd>{t('alerts.revision', { id, revision: String(revision) })}</dd>
      <dt>{t('alerts.track')}</dt>
      <dd>{alert.trackId}</dd>
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
