import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Appearance } from '../live/appearances.ts';
import { useCameraNames } from '../widgets/use-camera-name.ts';
import './time-line.css';

export interface TimeLineProps {
  /** Oldest first; nothing is shown of one alone. */
  readonly appearances: readonly Appearance[];
}

/** When a person was seen, from the first time to the last. */
export function TimeLine({ appearances }: TimeLineProps) {
  const nameOf = useCameraNames();
  const first = appearances[0]?.capturedAt ?? 0;
  const last = appearances.at(-1)?.capturedAt ?? 0;
  if (appearances.length < 2) return null;
  const left = (at: number) => `${last > first ? ((at - first) / (last - first)) * 100 : 100}%`;
  const label = t('alerts.timeLine', {
    count: appearances.length,
    first: formatDateTime(first),
    last: formatDateTime(last),
  });
  return (
    <span class="time-line" role="img" aria-label={label}>
      {appearances.map(({ alert, sighting, cameraId, capturedAt }) => (
        <span
          key={`${alert.id} ${sighting?.number ?? 0}`}
          class="time-mark"
          data-camera={cameraId === appearances[0]?.cameraId ? 'first' : 'other'}
          title={`${formatDateTime(capturedAt)}, ${nameOf(cameraId)}`}
          style={{ left: left(capturedAt) }}
        />
      ))}
    </span>
  );
}
