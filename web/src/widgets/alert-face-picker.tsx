import { useState } from 'preact/hooks';
import type { Alert } from '../api/wire.ts';
import { useCameraName } from '../cameras/use-camera-name.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { Dialog } from '../shell/dialog.tsx';
import { Failure } from './failure.tsx';
import { RemotePicture } from './remote-picture.tsx';
import { useRemote } from './use-remote.ts';
import './widgets.css';

export interface PickedFace {
  readonly alertId: string;
  /** Evidence kind: `face`, or `best-1` and so on. */
  readonly kind: string;
  /** Says where it is from. */
  readonly name: string;
}

export interface AlertFacePickerProps {
  readonly dashboard: Dashboard;
  readonly onPick: (face: PickedFace) => void;
  readonly onClose: () => void;
}

const shown = 24;

/** Chooses a recorded face: first an alert, then one of its track's frames. */
export function AlertFacePicker({ dashboard, onPick, onClose }: AlertFacePickerProps) {
  const { api } = dashboard;
  const alerts = useRemote(() => api.alerts(`limit=${shown}`), [api]);
  const [chosen, setChosen] = useState<Alert>();
  return (
    <Dialog title={t('forms.pickFace')} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        <Failure error={alerts.error} onRetry={alerts.reload} />
        {alerts.loading && <p class="empty">{t('shell.loading')}</p>}
        {alerts.value?.length === 0 && <p class="empty">{t('forms.pickNone')}</p>}
        {chosen === undefined ? (
          <ul class="face-grid">
            {alerts.value?.map((alert) => (
              <li key={alert.id}>
                <AlertButton
                  dashboard={dashboard}
                  alert={alert}
                  onChoose={() => setChosen(alert)}
                />
              </li>
            ))}
          </ul>
        ) : (
          <FramesOf
            dashboard={dashboard}
            alert={chosen}
            onPick={onPick}
            onBack={() => setChosen(undefined)}
          />
        )}
      </div>
    </Dialog>
  );
}

interface AlertButtonProps {
  readonly dashboard: Dashboard;
  readonly alert: Alert;
  readonly onChoose: () => void;
}

function AlertButton({ dashboard, alert, onChoose }: AlertButtonProps) {
  const camera = useCameraName(dashboard, alert.cameraId);
  return (
    <button type="button" class="face-button" onClick={onChoose}>
      <RemotePicture api={dashboard.api} path={`/api/alerts/${alert.id}/evidence/face`} alt="" />
      <bdi class="face-name">{alert.personName}</bdi>
      <span class="muted">{camera}</span>
      <span class="muted">{formatDateTime(alert.capturedAt)}</span>
    </button>
  );
}

interface FramesOfProps {
  readonly dashboard: Dashboard;
  readonly alert: Alert;
  readonly onPick: (face: PickedFace) => void;
  readonly onBack: () => void;
}

function FramesOf({ dashboard, alert, onPick, onBack }: FramesOfProps) {
  const camera = useCameraName(dashboard, alert.cameraId);
  const kinds = ['face', ...bestOf(alert)];
  const name = `${camera}, ${formatDateTime(alert.capturedAt)}`;
  return (
    <>
      <p>{t('forms.pickFrame', { name: alert.personName })}</p>
      <ul class="face-grid">
        {kinds.map((kind, i) => (
          <li key={kind}>
            <button
              type="button"
              class="face-button"
              onClick={() => onPick({ alertId: alert.id, kind, name })}
            >
              <RemotePicture
                api={dashboard.api}
                path={`/api/alerts/${alert.id}/evidence/${kind}`}
                alt=""
              />
              <span class="face-name">
                {kind === 'face' ? t('forms.pickShown') : t('forms.pickBest', { count: i })}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div class="button-row">
        <button type="button" class="button" onClick={onBack}>
          {t('forms.pickOther')}
        </button>
      </div>
    </>
  );
}

/** The track's best frames, where the alert names them. */
function bestOf(
  alert: Alert & { readonly best?: readonly string[] | undefined },
): readonly string[] {
  return alert.best ?? [];
}
