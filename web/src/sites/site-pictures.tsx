import { useState } from 'preact/hooks';
import {
  ApiError,
  type NightglassClient,
  type SiteAlert,
} from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Picture, type PictureProps } from '../kit/picture.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { sitePictureKey } from './site-alert-query.ts';
import '../alerts/alert-pictures.css';

type Kind = SiteAlert['pictures'][number];

export interface SitePictureProps extends Omit<PictureProps, 'source' | 'id' | 'kind'> {
  readonly alert: SiteAlert;
  readonly kind: Kind;
  /** How often pictures came anew, by {@link sitePictureKey}. */
  readonly renewed: ReadonlyMap<string, number>;
}

/** A picture of an alert of a site, as the site sent it; fetched once somebody looks at it. */
export function SitePicture({ alert, kind, renewed, ...look }: SitePictureProps) {
  const { client } = useDashboard();
  const isHere = alert.pictures.includes(kind);
  const key = sitePictureKey(alert, kind);
  return (
    <Picture
      source={() => (isHere ? load(client, alert, kind) : Promise.resolve(null))}
      id={`${key} ${isHere} ${renewed.get(key) ?? 0}`}
      kind={kind}
      {...look}
    />
  );
}

async function load(
  client: NightglassClient,
  { id, site }: SiteAlert,
  kind: Kind,
): Promise<Blob | null> {
  try {
    return await client.sitePicture(site, id, kind);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** What the site recorded, what a machine made of it, and whom it is said to show. */
export function SitePictures({ alert, renewed }: Pick<SitePictureProps, 'alert' | 'renewed'>) {
  const [frame, setFrame] = useState(false);
  const name = nameOnAlert(alert);
  const isEnhanced = alert.pictures.includes('enhanced');
  return (
    <div class="pictures" data-enhanced={isEnhanced}>
      <figure class="picture-main">
        <button type="button" class="picture-button" onClick={() => setFrame(true)}>
          <SitePicture
            alert={alert}
            renewed={renewed}
            kind="face"
            alt={t('alerts.recordedAlt', { name })}
            absent={t('sites.noPicture')}
          />
          <span class="picture-hint">{t('alerts.fullFrame')}</span>
        </button>
        <figcaption>
          {t('alerts.recorded')}
          {!isEnhanced && <small>{t('sites.noEnhanced')}</small>}
        </figcaption>
      </figure>
      {isEnhanced && (
        <figure data-made="ai">
          <SitePicture
            alert={alert}
            renewed={renewed}
            kind="enhanced"
            alt={t('alerts.enhancedAlt')}
          />
          <figcaption>
            <b>{t('alerts.enhanced')}</b> {t('alerts.enhancedNote')}
          </figcaption>
        </figure>
      )}
      <figure>
        <SitePicture
          alert={alert}
          renewed={renewed}
          kind="enrolled"
          alt={t('alerts.enrolledAlt', { name })}
          absent={t('alerts.notKept')}
        />
        <figcaption>{t('alerts.enrolled')}</figcaption>
      </figure>
      {frame && <Frame alert={alert} renewed={renewed} onClose={() => setFrame(false)} />}
    </div>
  );
}

interface FrameProps extends Pick<SitePictureProps, 'alert' | 'renewed'> {
  readonly onClose: () => void;
}

function Frame({ alert, renewed, onClose }: FrameProps) {
  const camera = `${alert.site} · ${alert.cameraId}`;
  return (
    <Dialog title={`${nameOnAlert(alert)}, ${camera}`} size="wide" onClose={onClose}>
      <div class="frame-picture">
        <SitePicture
          alert={alert}
          renewed={renewed}
          kind="frame"
          alt={t('alerts.frameAlt', { camera })}
          absent={t('sites.noPicture')}
        />
      </div>
    </Dialog>
  );
}
