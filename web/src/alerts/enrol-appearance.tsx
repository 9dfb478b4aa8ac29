import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import type { FaceKind } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import type { Appearance } from '../live/appearances.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import type { EnrolFaceDialogProps } from '../watchlists/enrol-face-dialog.tsx';
import { useCameraName } from '../widgets/use-camera-name.ts';

/** Puts the face of an alert, or of a sighting, on a list. */
export function EnrolAppearance({ appearance }: { appearance: Appearance }) {
  const { session } = useDashboard();
  const { alert, sighting, cameraId, capturedAt } = appearance;
  const camera = useCameraName(cameraId);
  const [Dialog, setDialog] = useState<{ readonly of: ComponentType<EnrolFaceDialogProps> }>();
  if (!mayAs(session, 'admin')) return null;
  const kind: FaceKind = sighting === null ? 'face' : `sighting-${sighting.number}-face`;
  const name = `${camera}, ${formatDateTime(capturedAt)}`;
  return (
    <>
      <Button
        look="link"
        onClick={() =>
          void import('../watchlists/enrol-face-dialog.tsx').then(({ EnrolFaceDialog }) =>
            setDialog({ of: EnrolFaceDialog }),
          )
        }
      >
        {t('alerts.enrolFace')}
      </Button>
      {Dialog !== undefined && (
        <Dialog.of
          source={{ from: 'alert', alertId: alert.id, kind, name }}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}
