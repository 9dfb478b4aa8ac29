import { useState } from 'preact/hooks';
import type { Alert } from '../api/wire.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { EvidencePicture } from './evidence-picture.tsx';
import { FrameDialog } from './frame-dialog.tsx';

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
  if (alert.scores?.enhanced === null) {
    return (
      <figure>
        <div class="picture picture-none">{t('alerts.notNeeded')}</div>
        <figcaption>{t('alerts.notEnhanced')}</figcaption>
      </figure>
    );
  }
  return (
    <figure data-made="ai">
      <EvidencePicture
        api={dashboard.api}
        alert={alert}
        kind="enhanced"
        alt={t('alerts.enhancedAlt')}
        absent={t('alerts.notNeededNow')}
      />
      <figcaption>
        <b>{t('alerts.enhanced')}</b> {t('alerts.enhancedNote')}
      </figcaption>
    </figure>
  );
}
