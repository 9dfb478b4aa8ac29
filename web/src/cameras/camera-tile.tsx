import type { Camera, CameraStatus } from '../api/wire.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useNow, useStore } from '../live/store.ts';
import { FaceOverlay } from './face-overlay.tsx';
import { LiveVideo } from './live-video.tsx';

const states: Record<CameraStatus['state'], { readonly label: string; readonly tone: string }> = {
  connecting: { label: 'Connecting', tone: 'busy' },
  live: { label: 'Live', tone: 'good' },
  stalled: { label: 'Stalled', tone: 'warn' },
  backoff: { label: 'Reconnecting', tone: 'warn' },
  unauthorized: { label: 'Login refused', tone: 'bad' },
  failed: { label: 'Failed', tone: 'bad' },
  stopped: { label: 'Stopped', tone: 'idle' },
};

/** One camera: live video, boxes, and how it is. */
export function CameraTile({ dashboard, camera }: { dashboard: Dashboard; camera: Camera }) {
  const { status } = camera;
  const connected = useStore(dashboard.connection) === 'live';
  // Without a connection the last state is hearsay.
  const { label, tone } = connected ? states[status.state] : { label: 'No data', tone: 'idle' };
  const alerts = useStore(dashboard.alerts) ?? [];
  const open = alerts.filter(
    (alert) => alert.cameraId === camera.id && alert.state === 'new',
  ).length;
  const titleId = `camera-${camera.id}`;
  return (
    <article class="tile" data-alerting={open > 0} aria-labelledby={titleId}>
      <div class="tile-picture">
        {camera.preview ? (
          <LiveVideo
            api={dashboard.api}
            clock={dashboard.videoClock(camera.id)}
            cameraId={camera.id}
            name={camera.name}
          />
        ) : (
          <p class="tile-note">No live preview; the analysis goes on</p>
        )}
        <FaceOverlay dashboard={dashboard} camera={camera} />
        {connected && status.state !== 'live' && <Trouble status={status} />}
      </div>
      <footer class="tile-bar">
        <h3 id={titleId}>{camera.name}</h3>
        <span class="chip" data-tone={tone}>
          {label}
        </span>
        {open > 0 && (
          <span class="chip" data-tone="bad">
            {open} new
          </span>
        )}
        <span class="tile-facts" title={decoding(status)}>
          {facts(status)}
        </span>
      </footer>
    </article>
  );
}

function facts({ video, framesPerSecond, reconnects }: CameraStatus): string {
  return [
    video === undefined ? '' : `${video.codec.toUpperCase()} ${video.width}×${video.height}`,
    framesPerSecond === undefined ? '' : `${framesPerSecond.toFixed(1)} fps`,
    reconnects > 0 ? `${reconnects} ${reconnects === 1 ? 'reconnect' : 'reconnects'}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function decoding({ video }: CameraStatus): string | undefined {
  if (video?.decoder === undefined) return undefined;
  return video.decoder === 'software' ? 'Decoded in software' : `Decoded on ${video.decoder}`;
}

function Trouble({ status }: { status: CameraStatus }) {
  const now = useNow(1_000);
  const left = status.retryAt === undefined ? 0 : Math.ceil((status.retryAt - now) / 1000);
  return (
    <div class="tile-trouble" data-tone={states[status.state].tone}>
      <strong>{states[status.state].label}</strong>
      {status.reason !== undefined && <span>{status.reason.message}</span>}
      {left > 0 && <span class="tile-retry">next attempt in {left} s</span>}
    </div>
  );
}
