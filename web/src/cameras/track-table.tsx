import { useRef } from 'preact/hooks';
import type { Face } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Table } from '../kit/table.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { href } from '../page/route.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { duration } from './camera-state.ts';
import { shortTrack } from './draw-faces.ts';
import type { EnrolFace } from './use-enrol-face.tsx';

const renewMs = 500;

export interface TrackTableProps {
  readonly cameraId: string;
  /** Puts a face on a list; undefined where the visitor may not. */
  readonly onEnrol: EnrolFace['take'];
}

/** The faces that are in view now. */
export function TrackTable({ cameraId, onEnrol }: TrackTableProps) {
  const dashboard = useDashboard();
  useNow(renewMs);
  const now = performance.now();
  const firstSeen = useRef(new Map<string, number>());
  const shown = dashboard.detections(cameraId).at(now)?.faces ?? [];
  const known = new Map<string, number>();
  for (const { trackId } of shown) {
    if (trackId !== null) known.set(trackId, firstSeen.current.get(trackId) ?? now);
  }
  firstSeen.current = known;
  return (
    <section class="part" aria-labelledby="tracks-title">
      <h2 id="tracks-title">
        {t('wall.tracks')} <span class="muted">{shown.length}</span>
      </h2>
      {shown.length === 0 ? (
        <p class="muted">{t('wall.noTracks')}</p>
      ) : (
        <Table
          label={t('wall.tracks')}
          rows={shown}
          keyOf={({ trackId }, index) => trackId ?? index}
          columns={[
            {
              head: t('wall.track'),
              kind: 'header',
              cell: ({ trackId }) => <TrackName cameraId={cameraId} trackId={trackId} />,
            },
            {
              head: t('wall.quality'),
              cell: ({ quality }) => (quality === null ? '–' : formatNumber(Math.round(quality))),
            },
            {
              head: t('wall.verdict'),
              cell: ({ verdict }) => (verdict === null ? '–' : t(`wall.verdict_${verdict}`)),
            },
            {
              head: t('wall.boxWidth'),
              cell: ({ box }) => t('wall.pixels', { count: Math.round(box.width) }),
            },
            {
              head: t('wall.inView'),
              cell: ({ trackId }) => {
                const since = trackId === null ? undefined : known.get(trackId);
                return since === undefined ? '–' : duration(now - since);
              },
            },
            ...(onEnrol === undefined
              ? []
              : [
                  {
                    head: t('wall.enrolHead'),
                    cell: ({ trackId }: Face) =>
                      trackId !== null && (
                        <Button look="link" onClick={() => onEnrol(trackId)}>
                          {t('wall.enrolFace')}
                        </Button>
                      ),
                  },
                ]),
          ]}
        />
      )}
    </section>
  );
}

function TrackName({ cameraId, trackId }: { cameraId: string; trackId: string | null }) {
  const dashboard = useDashboard();
  if (trackId === null) return <>{t('wall.face')}</>;
  const alert = dashboard.alertOfTrack(cameraId, trackId);
  return (
    <>
      #{shortTrack(trackId)}{' '}
      {alert !== undefined && (
        <a href={href('alerts', alert.id)}>
          <bdi>{nameOnAlert(alert)}</bdi>
        </a>
      )}
    </>
  );
}
