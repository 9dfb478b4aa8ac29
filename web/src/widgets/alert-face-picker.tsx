import { useState } from 'preact/hooks';
import type { Alert, FaceKind } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { EvidencePicture } from './evidence-picture.tsx';
import { nameOnAlert } from './name-on-alert.ts';
import { useCameraName } from './use-camera-name.ts';
import './widgets.css';

export interface PickedFace {
  readonly alertId: string;
  /** Evidence kind: `face`, or `best-1` and so on. */
  readonly kind: FaceKind;
  /** Says where it is from. */
  readonly name: string;
}

export interface AlertFacePickerProps {
  readonly onPick: (face: PickedFace) => void;
  readonly onClose: () => void;
}

const shown = 24;

/** Chooses a recorded face: first an alert, then one of its track's frames. */
export function AlertFacePicker({ onPick, onClose }: AlertFacePickerProps) {
  const { client } = useDashboard();
  const alerts = useQuery(() => client.alerts({ limit: shown }), [client]);
  const [chosen, setChosen] = useState<Alert>();
  return (
    <Dialog title={t('forms.pickFace')} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        <Failure error={alerts.error} onRetry={alerts.reload} />
        {alerts.loading && <p class="empty">{t('shell.loading')}</p>}
        {alerts.value?.alerts.length === 0 && <p class="empty">{t('forms.pickNone')}</p>}
        {chosen === undefined ? (
          <ul class="face-grid">
            {alerts.value?.alerts.map((alert) => (
              <li key={alert.id}>
                <AlertButton alert={alert} onChoose={() => setChosen(alert)} />
              </li>
            ))}
          </ul>
        ) : (
          <FramesOf alert={chosen} onPick={onPick} onBack={() => setChosen(undefined)} />
        )}
      </div>
    </Dialog>
  );
}

interface AlertButtonProps {
  readonly alert: Alert;
  readonly onChoose: () => void;
}

function AlertButton({ alert, onChoose }: AlertButtonProps) {
  const camera = useCameraName(alert.cameraId);
  return (
    <button type="button" class="face-button" onClick={onChoose}>
      <EvidencePicture alertId={alert.id} kind="face" alt="" />
      <bdi class="face-name">{nameOnAlert(alert)}</bdi>
      <span class="muted">{camera}</span>
      <span class="muted">{formatDateTime(alert.capturedAt)}</span>
    </button>
  );
}

interface FramesOfProps {
  readonly alert: Alert;
  readonly onPick: (face: PickedFace) => void;
  readonly onBack: () => void;
}

function FramesOf({ alert, onPick, onBack }: FramesOfProps) {
  const camera = useCameraName(alert.cameraId);
  const kinds = ['face', ...alert.best] as const;
  const name = `${camera}, ${formatDateTime(alert.capturedAt)}`;
  return (
    <>
      <p>{t('forms.pickFrame', { name: nameOnAlert(alert) })}</p>
      <ul class="face-grid">
        {kinds.map((kind, i) => (
          <li key={kind}>
            <button
              type="button"
              class="face-button"
              onClick={() => onPick({ alertId: alert.id, kind, name })}
            >
              <EvidencePicture alertId={alert.id} kind={kind} alt="" />
              <span class="face-name">
                {kind === 'face' ? t('forms.pickShown') : t('forms.pickBest', { count: i })}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div class="button-row">
        <Button onClick={onBack}>{t('forms.pickOther')}</Button>
      </div>
    </>
  );
}
