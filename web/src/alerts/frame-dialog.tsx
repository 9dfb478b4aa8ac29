import type { Alert } from '../api/wire.ts';
import { useCameraName } from '../cameras/use-camera-name.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { Dialog } from '../shell/dialog.tsx';
import { AlertOrigin } from './alert-origin.tsx';
import { EvidencePicture } from './evidence-picture.tsx';

export interface FrameDialogProps {
  readonly dashboard: Dashboard;
  readonly alert: Alert;
  readonly onClose: () => void;
}

/** The whole recorded frame of an alert, and what made the claim. */
export function FrameDialog({ dashboard, alert, onClose }: FrameDialogProps) {
  const camera = useCameraName(dashboard, alert.cameraId);
  return (
    <Dialog title={`${alert.personName}, ${camera}`} size="wide" onClose={onClose}>
      <div class="frame-picture">
        <EvidencePicture
          api={dashboard.api}
          alert={alert}
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
