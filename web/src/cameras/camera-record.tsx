import { useEffect } from 'preact/hooks';
import { BarChart } from '../charts/bar-chart.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { reasonText } from '../system/drop-reason-text.ts';
import { componentKey } from '../widgets/quality-names.ts';

const renewMs = 5_000;

/** What a camera showed over the last minutes: quality of its faces, what was not used, what was left out. */
export function CameraRecord({ cameraId }: { cameraId: string }) {
  const { client } = useDashboard();
  const detail = useQuery(() => client.camera(cameraId), [client, cameraId]);
  useEffect(() => {
    const timer = setInterval(detail.reload, renewMs);
    return () => clearInterval(timer);
  }, [detail.reload]);
  const { value } = detail;
  if (value === undefined || value.id !== cameraId) return <Failure error={detail.error} />;
  const { recent, framesDropped, framesMade } = value;
  const minutes = Math.max(1, Math.round(recent.seconds / 60));
  return (
    <>
      <section class="part" aria-labelledby="quality-title">
        <h2 id="quality-title">
          {t('wall.qualityNow')} <span class="muted">{t('wall.lastMinutes', { minutes })}</span>
        </h2>
        {recent.faces === 0 ? (
          <p class="muted">{t('wall.qualityNone')}</p>
        ) : (
          <>
            <QualityBars bins={recent.quality} />
            <p class="muted">
              {t('wall.recentCounts', {
                frames: recent.frames,
                faces: recent.faces,
                keyframes: recent.keyframes,
              })}
            </p>
          </>
        )}
      </section>
      <section class="part" aria-labelledby="rejected-title">
        <h2 id="rejected-title">
          {t('wall.rejections')} <span class="muted">{t('wall.lastMinutes', { minutes })}</span>
        </h2>
        <Counts counts={recent.rejected} name={rejectionText} />
      </section>
      <section class="part" aria-labelledby="drops-title">
        <h2 id="drops-title">
          {t('wall.drops')} <span class="muted">{t('wall.ofFrames', { count: framesMade })}</span>
        </h2>
        <Counts counts={framesDropped} name={reasonText} />
      </section>
    </>
  );
}

function rejectionText(reason: string): string {
  const key = componentKey(reason);
  return key === undefined ? reasonText(reason) : t(`quality.${key}`);
}

interface CountsProps {
  readonly counts: Readonly<Record<string, number>>;
  readonly name: (key: string) => string;
}

/** Counts by reason, the largest first. */
function Counts({ counts, name }: CountsProps) {
  const rows = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return <p class="muted">{t('wall.noDrops')}</p>;
  return (
    <dl class="counts">
      {rows.map(([key, count]) => (
        <div key={key}>
          <dt>{name(key)}</dt>
          <dd>{formatNumber(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Faces by quality: ten bars from 0 to 100. */
function QualityBars({ bins }: { bins: readonly number[] }) {
  const label = bins
    .map((count, bin) => t('wall.qualityBin', { from: bin * 10, to: bin * 10 + 10, count }))
    .join(', ');
  return (
    <div>
      <BarChart label={label} height={70} up={{ tone: 'first', values: bins }} />
      <p class="quality-axis" aria-hidden="true">
        <span>0</span>
        <span>50</span>
        <span>100</span>
      </p>
    </div>
  );
}
