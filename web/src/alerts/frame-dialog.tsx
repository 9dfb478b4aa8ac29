import type { Alert } from '../../../src/client/nightglass-client.ts';
import { useCameraName } from '../cameras/use-camera-name.ts';
import { t } from '../i18n/t.ts';
import { Dialog } from '../kit/dialog.tsx';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { AlertOrigin } from './alert-origin.tsx';
import { nameOnAlert } from './name-on-alert.ts';

export interface FrameDialogProps {
  readonly alert: Alert;
  readonly onClose: () => void;
}

/** The whole recorded frame of an alert, and what made the claim. */
export function FrameDialog({ alert, onClose }: FrameDialogProps) {
  const camera = useCameraName(alert.cameraId);
  return (
    <Dialog title={`${nameOnAlert(alert)}, ${camera}`} size="wide" onClose={onClose}>
      <div class="frame-picture">
        <EvidencePicture
          alertId={alert.id}
          keyframes={alert.keyframes}
          kind="frame"
          alt={t('alerts.frameAlt', { camera })}
          absent={t('alerts.noFrame')}
        />
      </div>
      <div class="dialog-body">
        <AlertOrigin alert={alert} />
      </div>
    </Dialog>
  );
}
