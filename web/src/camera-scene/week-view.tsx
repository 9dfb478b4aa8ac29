import { formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { spansOf, type TimeRow, weekdays } from './schedule-draft.ts';
import { weekdayName } from './weekday-name.ts';

const hours = [0, 6, 12, 18, 24];

/** The week with the spans in which a camera is analysed. */
export function WeekView({ rows }: { rows: readonly TimeRow[] }) {
  return (
    <figure class="week">
      <figcaption>{t('scene.week')}</figcaption>
      <div class="week-hours" aria-hidden="true">
        {hours.map((hour) => (
          <span key={hour}>{hour}</span>
        ))}
      </div>
      {weekdays.map((day) => {
        const spans = spansOf(rows, day);
        const name = weekdayName(day, 'long');
        return (
          <div
            key={day}
            class="week-day"
            role="img"
            aria-label={t('scene.weekDay', { day: name, share: formatPercent(shareOn(spans)) })}
          >
            <span class="week-name">{weekdayName(day, 'short')}</span>
            <svg viewBox="0 0 24 1" preserveAspectRatio="none" aria-hidden="true">
              {spans.map(([from, to]) => (
                <rect key={`${from}-${to}`} x={from * 24} width={(to - from) * 24} height="1" />
              ))}
              {hours.slice(1, -1).map((hour) => (
                <line key={hour} x1={hour} x2={hour} y1="0" y2="1" />
              ))}
            </svg>
          </div>
        );
      })}
    </figure>
  );
}

/** Share of the day that spans cover together. */
function shareOn(spans: readonly (readonly [number, number])[]): number {
  let covered = 0;
  let until = 0;
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    covered += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return covered;
}
