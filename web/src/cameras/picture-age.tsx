import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { duration } from './camera-state.ts';
import { lastSeen } from './last-seen.ts';

/** Beyond this the picture does not count as live, whatever the camera says. Milliseconds. */
const oldMs = 3_000;

/** How long ago the newest picture of a camera, seen or analysed, came to this page. */
export function PictureAge({ cameraId }: { cameraId: string }) {
  const dashboard = useDashboard();
  useNow(1_000);
  const now = performance.now();
  const newest = lastSeen(dashboard, cameraId);
  if (newest === undefined) return null;
  const video = dashboard.videoClock(cameraId);
  const shown = video.shown(now);
  const late = shown && dashboard.detections(cameraId).behind(shown.streamTime);
  // What a busy machine shows late is as old as it is, however fresh it came.
  const age = now - (video.shownAt ?? newest) + (late ?? 0);
  const old = age > oldMs;
  return (
    <span
      class={old ? 'chip' : 'tile-age'}
      data-tone={old ? 'warn' : undefined}
      title={t('wall.ageWhy')}
    >
      {old
        ? t('wall.noPictureFor', { time: duration(age) })
        : t('wall.age', { seconds: formatNumber(age / 1000, 1) })}
    </span>
  );
}
