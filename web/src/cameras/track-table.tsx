import { useRef } from 'preact/hooks';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useNow } from '../live/store.ts';
import { href } from '../shell/route.ts';
import { duration } from './camera-state.ts';
import { shortTrack } from './draw-faces.ts';
import '../widgets/widgets.css';

const renewMs = 500;

/** The faces that are in view now. */
export function TrackTable({ dashboard, cameraId }: { dashboard: Dashboard; cameraId: string }) {
  useNow(renewMs);
  const now = performance.now();
  const firstSeen = useRef(new Map<string, number>());
  const shown = dashboard.detections(cameraId).at(now)?.faces ?? [];
  const known = new Map<string, number>();
  for (const { trackId } of shown) {
    if (trackId !== null) known.set(trackId, firstSeen.current.get(trackId) ?? now);
  }
  firstSeen.current = known;
  return (
    <section class="part" aria-labelledby="tracks-title">
      <h2 id="tracks-title">
        {t('wall.tracks')} <span class="muted">{shown.length}</span>
      </h2>
      {shown.length === 0 ? (
        <p class="muted">{t('wall.noTracks')}</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('wall.track')}</th>
              <th scope="col">{t('wall.quality')}</th>
              <th scope="col">{t('wall.verdict')}</th>
              <th scope="col">{t('wall.boxWidth')}</th>
              <th scope="col">{t('wall.inView')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ trackId, quality, verdict, box }, index) => {
              const alert =
                trackId === null ? undefined : dashboard.alertOfTrack(cameraId, trackId);
              const since = trackId === null ? undefined : known.get(trackId);
              return (
                <tr key={trackId ?? index} data-alert={alert !== undefined}>
                  <th scope="row">
                    {trackId === null ? t('wall.face') : `#${shortTrack(trackId)}`}{' '}
                    {alert !== undefined && (
                      <a href={href('alerts', alert.id)}>
                        <bdi>{alert.personName}</bdi>
                      </a>
                    )}
                  </th>
                  <td>{quality === null ? '–' : formatNumber(Math.round(quality))}</td>
                  <td>{verdict === null ? '–' : t(`wall.verdict_${verdict}`)}</td>
                  <td>{t('wall.pixels', { count: Math.round(box.width) })}</td>
                  <td>{since === undefined ? '–' : duration(now - since)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
