import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Alert, Camera } from '../../../src/client/nightglass-client.ts';
import { ArmingChip } from '../arming/arming-chip.tsx';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { href } from '../page/route.ts';
import { decoding, stateLabel, stateTones, streamFacts } from './camera-state.ts';
import { CameraTrouble } from './camera-trouble.tsx';
import { FaceOverlay } from './face-overlay.tsx';
import { LiveVideo } from './live-video.tsx';
import { PictureAge } from './picture-age.tsx';
import { useEnrolFace } from './use-enrol-face.tsx';
import type { LoadGovernor } from './video/load-governor.ts';
import type { Pace } from './video/messages.ts';

export interface CameraTileProps {
  readonly camera: Camera;
  readonly governor: LoadGovernor;
  /** True while it shows key pictures only. */
  readonly reduced: boolean;
}

/** One camera on the wall: live video, boxes, and how it is. */
export function CameraTile({ camera, governor, reduced }: CameraTileProps) {
  const dashboard = useDashboard();
  const { status } = camera;
  const connected = dashboard.connection.value === 'live';
  // Without a connection the last known state may be out of date.
  const state = connected
    ? { label: stateLabel(status.state), tone: stateTones[status.state] }
    : { label: t('wall.noData'), tone: 'idle' };
  const open = newAlertsOf(camera.id, dashboard.alerts.value ?? []);
  const [pace, setPace] = useState<Pace>();
  const onPace = useCallback(
    (next: Pace | undefined) => {
      setPace(next);
      if (next === undefined) governor.forget(camera.id);
      else governor.report(camera.id, next);
    },
    [governor, camera.id],
  );
  useEffect(() => () => governor.forget(camera.id), [governor, camera.id]);
  const room = useRef<HTMLDivElement>(null);
  const enrol = useEnrolFace(camera, room);
  const titleId = `camera-${camera.id}`;
  const facts = [streamFacts(status), pace && t('wall.shown', { rate: Math.round(pace.drawn) })]
    .filter(Boolean)
    .join(' · ');
  return (
    <article
      class="tile"
      data-alerting={open > 0}
      data-reduced={reduced}
      data-drawn={pace === undefined ? undefined : Math.round(pace.drawn)}
      data-received={pace === undefined ? undefined : Math.round(pace.received)}
      aria-labelledby={titleId}
    >
      <div ref={room} class="tile-picture">
        {camera.preview ? (
          <LiveVideo
            clock={dashboard.videoClock(camera.id)}
            cameraId={camera.id}
            name={camera.name}
            mode={reduced ? 'keys' : 'all'}
            onPace={onPace}
          />
        ) : (
          <p class="tile-note">{t('wall.noPreview')}</p>
        )}
        <FaceOverlay cameraId={camera.id} hasVideo={camera.preview} />
        {connected && status.state !== 'live' && <CameraTrouble status={status} />}
        {reduced && (
          <p class="tile-reduced" title={t('wall.reducedWhy')}>
            {t('wall.reducedTile')}
          </p>
        )}
      </div>
      <footer class="tile-bar">
        <h2 id={titleId}>
          <a class="tile-link" href={href('camera', camera.id)}>
            {camera.name}
          </a>
        </h2>
        <span class="chip" data-tone={state.tone}>
          {state.label}
        </span>
        <ArmingChip kind="camera" id={camera.id} />
        {connected && status.state === 'live' && <PictureAge cameraId={camera.id} />}
        {open > 0 && (
          <a class="chip" data-tone="bad" href={href('alerts', undefined, { camera: camera.id })}>
            {t('wall.newAlerts', { count: open })}
          </a>
        )}
        <span class="tile-facts" title={[facts, decoding(status)].filter(Boolean).join(' · ')}>
          {facts}
        </span>
      </footer>
      {enrol.dialog}
    </article>
  );
}

function newAlertsOf(cameraId: string, alerts: readonly Alert[]): number {
  return alerts.filter((alert) => alert.cameraId === cameraId && alert.state === 'new').length;
}
