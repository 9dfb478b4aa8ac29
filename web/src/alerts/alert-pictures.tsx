import { useState } from 'preact/hooks';
import type { Alert } from '../api/wire.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { EvidencePicture, LoadedPicture, usePicture } from './evidence-picture.tsx';
import { FrameDialog } from './frame-dialog.tsx';
import { whyNotEnhanced } from './why-not-enhanced.ts';
import './alert-pictures.css';

export interface AlertPicturesProps {
  readonly dashboard: Dashboard;
  readonly alert: Alert;
}

/** What was recorded, first and largest; what a machine made of it; whom it is said to show. */
export function AlertPictures({ dashboard, alert }: AlertPicturesProps) {
  const { api } = dashboard;
  const [frame, setFrame] = useState(false);
  const name = alert.personName;
  return (
    <div class="pictures">
      <figure class="picture-main">
        <button type="button" class="picture-button" onClick={() => setFrame(true)}>
          <EvidencePicture
            api={api}
            alert={alert}
            kind="face"
            alt={t('alerts.recordedAlt', { name })}
            absent={t('alerts.noPicture')}
          />
          <span class="picture-hint">{t('alerts.fullFrame')}</span>
        </button>
        <figcaption>{t('alerts.recorded')}</figcaption>
      </figure>
      <Enhanced dashboard={dashboard} alert={alert} />
      <figure>
        <EvidencePicture
          api={api}
          alert={alert}
          kind="enrolled"
          alt={t('alerts.enrolledAlt', { name })}
          absent={t('alerts.notKept')}
        />
        <figcaption>{t('alerts.enrolled')}</figcaption>
      </figure>
      {frame && <FrameDialog dashboard={dashboard} alert={alert} onClose={() => setFrame(false)} />}
    </div>
  );
}

function Enhanced({ dashboard, alert }: AlertPicturesProps) {
  const why = whyNotEnhanced(alert);
  if (why === undefined) return <Made dashboard={dashboard} alert={alert} />;
  return (
    <figure>
      <div class="picture picture-none" data-kind="not-enhanced">
        {t(why)}
      </div>
      <figcaption>{t('alerts.notEnhanced')}</figcaption>
    </figure>
  );
}

function Made({ dashboard, alert }: AlertPicturesProps) {
  const loaded = usePicture(dashboard.api, alert, 'enhanced');
  // Marked as made by a machine where there is something that it made.
  const none = loaded === 'none';
  return (
    <figure data-made={none ? undefined : 'ai'}>
      <LoadedPicture
        loaded={loaded}
        kind="enhanced"
        alt={t('alerts.enhancedAlt')}
        absent={t('alerts.noEnhanced')}
      />
      <figcaption>
        {none ? (
          t('alerts.notEnhanced')
        ) : (
          <>
            <b>{t('alerts.enhanced')}</b> {t('alerts.enhancedNote')}
          </>
        )}
      </figcaption>
    </figure>
  );
}
