import type { SiteAlert } from '../../../src/client/nightglass-client.ts';
import { AlertTime } from '../alerts/alert-time.tsx';
import { StateChip } from '../alerts/state-chip.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { href } from '../page/route.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { SitePicture, SitePictures } from './site-pictures.tsx';

export interface SiteAlertProps {
  readonly alert: SiteAlert;
  readonly renewed: ReadonlyMap<string, number>;
}

/** An alert of a site, to look at: whom, where and when, its pictures, and the verdict that came up. */
export function SiteAlertCard({ alert, renewed }: SiteAlertProps) {
  const titleId = `site-alert-${alert.site}-${alert.id}`;
  return (
    <article
      class="part site-alert"
      data-id={alert.id}
      data-site={alert.site}
      aria-labelledby={titleId}
    >
      <header class="site-head">
        <h3 id={titleId}>
          <bdi>{nameOnAlert(alert)}</bdi>
        </h3>
        <span class="chips">
          {alert.late && (
            <span class="chip" data-tone="warn">
              {t('sites.lateMark')}
            </span>
          )}
          <StateChip state={alert.state} />
        </span>
      </header>
      <Origin alert={alert} />
      <SitePictures alert={alert} renewed={renewed} />
      <Match alert={alert} />
      <Verdict alert={alert} />
      <Sightings alert={alert} renewed={renewed} />
    </article>
  );
}

function Origin({ alert }: Pick<SiteAlertProps, 'alert'>) {
  const { watchlists } = useDashboard();
  const { cameraId, createdAt, late, ownList, receivedAt, site, watchlistId, watchlistName } =
    alert;
  const isHere = watchlists.value.some(({ id }) => id === watchlistId);
  return (
    <dl class="origin">
      <dt>{t('sites.site')}</dt>
      <dd>
        <bdi>{site}</bdi> · <bdi>{cameraId}</bdi>
      </dd>
      <dt>{t('alerts.watchlist')}</dt>
      <dd>
        {isHere && !ownList ? (
          <a href={href('watchlists', watchlistId)}>
            <bdi>{watchlistName}</bdi>
          </a>
        ) : (
          <bdi>{watchlistName}</bdi>
        )}
        {ownList && <span class="muted"> ({t('sites.ownList')})</span>}
      </dd>
      <dt>{t('sites.raised')}</dt>
      <dd>
        <AlertTime at={createdAt} />
      </dd>
      {late && (
        <>
          <dt>{t('sites.came')}</dt>
          <dd>
            <AlertTime at={receivedAt} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Match({ alert: { scores, still, threshold } }: Pick<SiteAlertProps, 'alert'>) {
  if (scores === null || threshold === null) return <p class="muted">{t('sites.blind')}</p>;
  return (
    <p>
      {t('alerts.match')} <strong>{formatNumber(scores.fused, 2)}</strong>
      <span class="muted">
        {' '}
        · {t('alerts.reportsFrom', { value: formatNumber(threshold, 2) })}
        {still && ` · ${t('alerts.stillShort')}`}
      </span>
    </p>
  );
}

/** What people at the site decided; they alone do. */
function Verdict({ alert: { reviews, scores } }: Pick<SiteAlertProps, 'alert'>) {
  if (reviews.length === 0) {
    return scores === null ? null : <p class="muted">{t('sites.notJudged')}</p>;
  }
  return (
    <ol class="site-verdict" aria-label={t('sites.judged')}>
      {reviews.map(({ action, at, reason, reviewer }, number) => (
        <li key={`${at} ${number}`}>
          <b>
            <bdi>{reviewer}</bdi>
          </b>{' '}
          {t(`alerts.did_${action}`)}{' '}
          <span class="muted">
            <AlertTime at={at} />
          </span>
          {reason !== '' && <q dir="auto">{reason}</q>}
        </li>
      ))}
    </ol>
  );
}

function Sightings({ alert, renewed }: SiteAlertProps) {
  const { sightings } = alert;
  if (sightings.length === 0) return null;
  return (
    <details>
      <summary>{t('alerts.sightings', { count: sightings.length })}</summary>
      <ul class="site-sightings">
        {sightings.map(({ cameraId, capturedAt, number }) => (
          <li key={number}>
            <SitePicture
              alert={alert}
              renewed={renewed}
              kind={`sighting-${number}-face`}
              alt={t('alerts.sightingAlt', { camera: cameraId })}
              absent={t('alerts.noPicture')}
            />
            <p class="muted">
              <bdi>{cameraId}</bdi> · <AlertTime at={capturedAt} />
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
