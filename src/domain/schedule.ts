/** Days of the week, in ISO's order. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** A span of time on some days of the week; past midnight where it ends before it begins. */
export interface ScheduleTime {
  readonly days: readonly Weekday[];
  /** Minutes after midnight, local: 0..1439, and up to 1440. Equal ones would be empty. */
  readonly from: number;
  readonly to: number;
}

/** When a camera is analysed. */
export interface Schedule {
  /** IANA name. */
  readonly timeZone: string;
  readonly times: readonly ScheduleTime[];
  /** Whether its stream is still pulled at other times, for the preview. */
  readonly connected: boolean;
}

/** Times of the week. */
export type Times = Pick<Schedule, 'timeZone' | 'times'>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether a time zone is known by that name. */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Whether a schedule is on. The instant is brought to local time, not the times to instants, so
 * that an hour that clocks repeat or leave out is what its clock says.
 * @param now wall time, milliseconds
 */
export function isOn(schedule: Times, now: number): boolean {
  return isWithin(schedule.times, localTime(schedule.timeZone, now));
}

const minuteMs = 60_000;
/** Clocks are changed at no other minutes than these: local time is asked for so seldom. */
const quarterMinutes = 15;
/** A week, and a day for clocks that are changed. */
const quarters = (8 * 24 * 60) / quarterMinutes;

/**
 * When a schedule goes on or off next, wall milliseconds, at the minute; null where it does not
 * within eight days: it is on, or off, all the time.
 * @param now wall time, milliseconds
 */
export function nextChange({ timeZone, times }: Times, now: number): number | null {
  const before = isWithin(times, localTime(timeZone, now));
  const quarterMs = quarterMinutes * minuteMs;
  const first = Math.floor(now / quarterMs) * quarterMs;
  for (let quarter = 0; quarter <= quarters; quarter += 1) {
    const begin = first + quarter * quarterMs;
    const { weekday, minute } = localTime(timeZone, begin);
    for (let more = 0; more < quarterMinutes; more += 1) {
      const at = begin + more * minuteMs;
      if (at > now && isWithin(times, { weekday, minute: minute + more }) !== before) return at;
    }
  }
  return null;
}

function isWithin(
  times: readonly ScheduleTime[],
  { weekday, minute }: { readonly weekday: number; readonly minute: number },
): boolean {
  const today = weekdays[weekday] as Weekday;
  const yesterday = weekdays[(weekday + 6) % 7] as Weekday;
  return times.some(({ days, from, to }) => {
    if (from < to) return days.includes(today) && minute >= from && minute < to;
    return (days.includes(today) && minute >= from) || (days.includes(yesterday) && minute < to);
  });
}

/** Local day of the week, 0 for Monday, and minutes after midnight. */
function localTime(timeZone: string, now: number): { weekday: number; minute: number } {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const weekday = weekdays.indexOf(parts.get('weekday')?.toLowerCase() as Weekday);
  return { weekday, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

/** @throws RangeError where the time zone is not known */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
}
