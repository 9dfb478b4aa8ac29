import { useState } from 'preact/hooks';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Dialog } from '../kit/dialog.tsx';
import { type Appearance, pictureKind } from '../live/appearances.ts';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { useCameraName } from '../widgets/use-camera-name.ts';
import { AlertOrigin } from './alert-origin.tsx';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface FrameDialogProps {
  readonly appearance: Appearance;
  readonly onClose: () => void;
}

/** The whole recorded frame in which somebody was seen, and what made the claim. */
export function FrameDialog({ appearance, onClose }: FrameDialogProps) {
  const { alert, cameraId, keyframes, place } = appearance;
  const camera = useCameraName(cameraId);
  const [size, setSize] = useState<Size>();
  return (
    <Dialog title={`${nameOnAlert(alert)}, ${camera}`} size="wide" onClose={onClose}>
      <div class="frame-picture">
        {place !== null && size !== undefined && <FaceMark place={place} size={size} />}
        <EvidencePicture
          alertId={alert.id}
          keyframes={keyframes}
          kind={pictureKind(appearance, 'frame')}
          alt={t('alerts.frameAlt', { camera })}
          absent={t('alerts.noFrame')}
          onSize={(width, height) => setSize({ width, height })}
        />
      </div>
      <div class="dialog-body">
        <AlertOrigin alert={alert} appearance={appearance} />
      </div>
    </Dialog>
  );
}

interface FaceMarkProps {
  readonly place: NonNullable<Alert['place']>;
  /** Of the frame. */
  readonly size: Size;
}

/** A ring about the face that the alert is about; fitted into its box as the picture is. */
function FaceMark({ place, size: { width, height } }: FaceMarkProps) {
  return (
    <svg class="face-mark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <ellipse
        cx={(place.x + place.width / 2) * width}
        cy={(place.y + place.height / 2) * height}
        rx={place.width * width * 0.8}
        ry={place.height * height * 0.8}
      />
    </svg>
  );
}
