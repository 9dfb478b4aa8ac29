import { useEffect, useRef } from 'preact/hooks';
import type { Alert } from '../api/wire.ts';
import { useCameraName } from '../cameras/use-camera-name.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { EvidencePicture } from './evidence-picture.tsx';

export interface FrameDialogProps {
  readonly dashboard: Dashboard;
  readonly alert: Alert;
  readonly onClose: () => void;
}

/** The whole recorded frame of an alert, and what made the claim. */
export function FrameDialog({ dashboard, alert, onClose }: FrameDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const camera = useCameraName(dashboard, alert.cameraId);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="frame-dialog" aria-labelledby="frame-title" onClose={onClose}>
      <header class="section-head">
        <h2 id="frame-title">
          {alert.personName}, {camera}
        </h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <EvidencePicture
        api={dashboard.api}
        alert={alert}
        kind="frame"
        alt={`Recorded frame of ${camera}`}
        absent="No frame was kept"
      />
      <dl class="frame-facts">
        <dt>Captured</dt>
        <dd>{new Date(alert.capturedAt).toISOString()}</dd>
        <dt>Alert</dt>
        <dd>
          {alert.id}, revision {alert.revision}
        </dd>
        <dt>Track</dt>
        <dd>{alert.trackId}</dd>
        <dt>Models</dt>
        <dd>
          {alert.models.map(({ name, sha256 }) => `${name} (${sha256.slice(0, 8)})`).join(', ')}
        </dd>
        <dt>Configuration</dt>
        <dd>{alert.configHash.slice(0, 16)}</dd>
      </dl>
    </dialog>
  );
}
