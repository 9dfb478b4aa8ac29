import { formatAgo, formatDate, formatDateTime, formatTime } from '../i18n/format.ts';
import { useNow } from '../live/use-now.ts';

/** When something was: the time of day, the date where it was not today, and how long ago. */
export function AlertTime({ at, ago = true }: { at: number; ago?: boolean }) {
  const now = useNow(10_000);
  const today = formatDate(at) === formatDate(now);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
      {today ? formatTime(at) : formatDateTime(at)}
      {ago && ` (${formatAgo(at, Math.max(at, now))})`}
    </time>
  );
}
