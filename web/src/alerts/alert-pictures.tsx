import { useState } from 'preact/hooks';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { PictureView, usePicture } from '../kit/picture.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { EvidencePicture, loadEvidence } from '../widgets/evidence-picture.tsx';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { FrameDialog } from './frame-dialog.tsx';
import { whyNotEnhanced } from './why-not-enhanced.ts';
import './alert-pictures.css';

export interface AlertPicturesProps {
  readonly alert: Alert;
}

/** What was recorded, first and largest; what a machine made of it; whom it is said to show. */
export function AlertPictures({ alert }: AlertPicturesProps) {
  const [frame, setFrame] = useState(false);
  const name = nameOnAlert(alert);
  return (
    <div class="pictures" data-enhanced={whyNotEnhanced(alert) === undefined}>
      <figure class="picture-main">
        <button type="button" class="picture-button" onClick={() => setFrame(true)}>
          <EvidencePicture
            alertId={alert.id}
            keyframes={alert.keyframes}
            kind="face"
            alt={t('alerts.recordedAlt', { name })}
            absent={t('alerts.noPicture')}
          />
          <span class="picture-hint">{t('alerts.fullFrame')}</span>
        </button>
        <figcaption>
          {t('alerts.recorded')}
          <NotEnhanced alert={alert} />
        </figcaption>
      </figure>
      <Enhanced alert={alert} />
      <figure>
        <EvidencePicture
          alertId={alert.id}
          keyframes={alert.keyframes}
          kind="enrolled"
          alt={t('alerts.enrolledAlt', { name })}
          absent={t('alerts.notKept')}
        />
        <figcaption>{t('alerts.enrolled')}</figcaption>
      </figure>
      {frame && (
        <FrameDialog
          appearance={{ ...alert, alert, sighting: null }}
          onClose={() => setFrame(false)}
        />
      )}
    </div>
  );
}

function Enhanced({ alert }: AlertPicturesProps) {
  return whyNotEnhanced(alert) === undefined ? <Made alert={alert} /> : null;
}

/** Why no enhanced picture stands beside the recorded one. */
function NotEnhanced({ alert }: AlertPicturesProps) {
  const why = whyNotEnhanced(alert);
  return why === undefined ? null : <small data-kind="not-enhanced">{t(why)}</small>;
}

function Made({ alert }: AlertPicturesProps) {
  const { client } = useDashboard();
  const { id, keyframes } = alert;
  const state = usePicture(() => loadEvidence(client, id, 'enhanced'), `${id} ${keyframes}`);
  // Marked as made by a machine where there is something that it made.
  const none = state === 'none';
  return (
    <figure data-made={none ? undefined : 'ai'}>
      <PictureView
        state={state}
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
