import type { Alert } from '../../../src/client/nightglass-client.ts';
import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

/** What the claim rests on, in figures; those that would sway a second reviewer are not there. */
export function AlertFacts({ alert }: { alert: Alert }) {
  const { quality, meanGate, fpir, gallerySize } = alert;
  return (
    <dl class="facts">
      {quality !== undefined && (
        <Fact name={t('alerts.quality')}>
          {t('alerts.qualityOf', { value: Math.round(quality) })}
        </Fact>
      )}
      <Fact name={t('alerts.eyeDistance')}>
        {t('alerts.pixels', { value: formatNumber(alert.interEyeDistance, 0) })}
      </Fact>
      {meanGate !== undefined && (
        <Fact name={t('alerts.gate')} why={t('alerts.gateWhy')}>
          {t('alerts.gateOf', { share: formatPercent(meanGate) })}
        </Fact>
      )}
      {fpir !== undefined && (
        <Fact name={t('alerts.fpir')} why={t('alerts.fpirWhy')}>
          {fpir > 0 ? t('alerts.fpirOf', { count: Math.round(1 / fpir) }) : '0'}
        </Fact>
      )}
      {gallerySize !== undefined && (
        <Fact name={t('alerts.gallery')}>{t('alerts.people', { count: gallerySize })}</Fact>
      )}
      <Fact name={t('alerts.keyframes')}>{formatNumber(alert.keyframes)}</Fact>
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly why?: string;
  readonly children: string;
}

function Fact({ name, why, children }: FactProps) {
  return (
    <div title={why}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
