import { useRef, useState } from 'preact/hooks';
import type { Camera } from '../../../src/client/nightglass-client.ts';
import { ArmingChip } from '../arming/arming-chip.tsx';
import { ArmingControl } from '../arming/arming-control.tsx';
import { CameraDrift } from '../drift/camera-drift.tsx';
import { formatDateTime, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { go, href, type PageProps, parseRoute } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { BoxDelay } from './box-delay.tsx';
import { CameraRecord } from './camera-record.tsx';
import { decoding, stateLabel, stateTones } from './camera-state.ts';
import { CameraTrouble } from './camera-trouble.tsx';
import { FaceOverlay } from './face-overlay.tsx';
import { LiveVideo } from './live-video.tsx';
import { PictureAge } from './picture-age.tsx';
import { TrackTable } from './track-table.tsx';
import { useEnrolFace } from './use-enrol-face.tsx';
import type { Pace } from './video/messages.ts';
import './wall.css';
import './camera.css';

/** One camera: its video, the faces in view, its quality and what was left out. */
export default function CameraPage({ route }: PageProps) {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value;
  const connected = dashboard.connection.value === 'live';
  const [pace, setPace] = useState<Pace>();
  const at = cameras?.findIndex(({ id }) => id === route.id) ?? -1;
  const step = (by: number) => {
    // From the address: a key may come before the last one was drawn.
    const here = parseRoute(location.hash).id;
    const next = cameras?.[cameras.findIndex(({ id }) => id === here) + by];
    if (next !== undefined) go(href('camera', next.id), true);
  };
  useShortcuts('wall.title', [
    { keys: 'ArrowLeft', label: 'wall.previousCamera', run: () => step(-1) },
    { keys: 'ArrowRight', label: 'wall.nextCamera', run: () => step(1) },
    { keys: 'Escape', label: 'wall.back', run: () => go(href('wall')) },
  ]);
  const camera = cameras?.[at];
  const room = useRef<HTMLDivElement>(null);
  const enrol = useEnrolFace(camera, room);
  if (camera === undefined) {
    return (
      <Page title={route.id ?? ''} tools={<Back />}>
        <p class="empty">
          {cameras === null ? t('wall.loading') : t('wall.unknownCamera', { id: route.id ?? '' })}
        </p>
      </Page>
    );
  }
  const { status } = camera;
  const tools = (
    <>
      <span class="chip" data-tone={connected ? stateTones[status.state] : 'idle'}>
        {connected ? stateLabel(status.state) : t('wall.noData')}
      </span>
      <ArmingChip kind="camera" id={camera.id} />
      {connected && status.state === 'live' && <PictureAge cameraId={camera.id} />}
      <Back />
      <BoxDelay />
    </>
  );
  return (
    <Page title={camera.name} tools={tools}>
      <div class="camera">
        <div class="tile camera-picture">
          <div ref={room} class="tile-picture">
            {camera.preview ? (
              <LiveVideo
                clock={dashboard.videoClock(camera.id)}
                cameraId={camera.id}
                name={camera.name}
                mode="all"
                onPace={setPace}
              />
            ) : (
              <p class="tile-note">{t('wall.noPreview')}</p>
            )}
            <FaceOverlay cameraId={camera.id} hasVideo={camera.preview} />
            {connected && status.state !== 'live' && <CameraTrouble status={status} />}
          </div>
        </div>
        <div class="camera-parts">
          <ArmingControl kind="camera" id={camera.id} name={camera.name} />
          <TrackTable cameraId={camera.id} onEnrol={enrol.take} />
          {mayAs(dashboard.session, 'operator') && <CameraDrift cameraId={camera.id} />}
          <CameraRecord cameraId={camera.id} />
          <StreamFacts camera={camera} pace={pace} />
        </div>
      </div>
      {enrol.dialog}
    </Page>
  );
}

function StreamFacts({ camera, pace }: { camera: Camera; pace: Pace | undefined }) {
  const { session } = useDashboard();
  const { status } = camera;
  return (
    <section class="part" aria-labelledby="stream-title">
      <h2 id="stream-title">{t('wall.stream')}</h2>
      <dl class="origin">
        <Fact name={t('wall.fact_state')}>{stateLabel(status.state)}</Fact>
        <Fact name={t('wall.fact_since')}>{formatDateTime(status.since)}</Fact>
        {status.video !== undefined && (
          <Fact name={t('wall.fact_codec')}>
            {`${status.video.codec.toUpperCase()} ${status.video.width}×${status.video.height}`}
          </Fact>
        )}
        <Fact name={t('wall.fact_decoder')}>{decoding(status)}</Fact>
        {status.framesPerSecond !== undefined && (
          <Fact name={t('wall.fact_rate')}>
            {t('wall.rate', { rate: formatNumber(status.framesPerSecond, 1) })}
          </Fact>
        )}
        {status.stream !== undefined && <WayFacts stream={status.stream} />}
        {pace !== undefined && (
          <Fact name={t('wall.fact_shown')}>
            {t('wall.rate', { rate: formatNumber(Math.round(pace.drawn)) })}
          </Fact>
        )}
        <Fact name={t('wall.fact_reconnects')}>{formatNumber(status.reconnects)}</Fact>
      </dl>
      {mayAs(session, 'operator') && (
        <p class="camera-links">
          <a class="link" href={href('alerts', undefined, { camera: camera.id, state: 'all' })}>
            {t('wall.alertsHere')}
          </a>
          <a class="link" href={href('calibration', camera.id)}>
            {t('calibration.title')}
          </a>
          <a class="link" href={href('assessment', camera.id)}>
            {t('assessment.title')}
          </a>
          <a class="link" href={href('profile', camera.id)}>
            {t('profile.title')}
          </a>
        </p>
      )}
    </section>
  );
}

/** How the stream comes, and what is odd in it. */
function WayFacts({ stream }: { stream: NonNullable<Camera['status']['stream']> }) {
  const odd = Object.entries(stream.noted).map(([note, count]) => `${note} ${formatNumber(count)}`);
  return (
    <>
      <Fact name={t('wall.fact_client')}>{t(`wall.client_${stream.client}`)}</Fact>
      <Fact name={t('wall.fact_transport')}>{stream.transport.toUpperCase()}</Fact>
      <Fact name={t('wall.fact_bitRate')}>
        {`${formatNumber((stream.bytesPerSecond * 8) / 1e6, 1)} Mbit/s`}
      </Fact>
      <Fact name={t('wall.fact_notes')}>{odd.length === 0 ? undefined : odd.join(', ')}</Fact>
    </>
  );
}

function Back() {
  return (
    <a class="link camera-back" href={href('wall')}>
      {t('wall.back')}
    </a>
  );
}

function Fact({ name, children }: { name: string; children: string | undefined }) {
  if (children === undefined) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
