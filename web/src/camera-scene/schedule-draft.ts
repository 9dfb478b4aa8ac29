/** Days of the week, in ISO's order. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** A span of time on some days, `HH:MM`; past midnight where it ends before it begins. */
export interface TimeRow {
  readonly days: readonly Weekday[];
  readonly from: string;
  /** `00:00` is the end of the day. */
  readonly to: string;
}

/** When a camera is analysed, as it stands in the form. */
export interface ScheduleDraft {
  readonly timeZone: string;
  readonly rows: readonly TimeRow[];
  /** Whether its stream is pulled at other times. */
  readonly connected: boolean;
}

export type ScheduleFault = 'timeZone' | 'days' | 'times';

export const mostRows = 32;
const dayMinutes = 1_440;

/** Weekdays from eight to six, in the time zone of who looks. */
export function newSchedule(): ScheduleDraft {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { timeZone, rows: [newRow()], connected: false };
}

export function newRow(): TimeRow {
  return { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' };
}

/** As the configuration writes it, or as the gateway shows that of a file. */
export function scheduleOf(value: unknown): ScheduleDraft | null {
  if (typeof value !== 'object' || value === null) return null;
  const { timeZone, times, otherwise, connected } = value as Record<string, unknown>;
  return {
    timeZone: String(timeZone),
    rows: (Array.isArray(times) ? times : []).map(rowOf),
    connected: connected === true || otherwise === 'connected',
  };
}

function rowOf(time: { readonly days?: unknown; readonly from: unknown; readonly to: unknown }) {
  const known = Array.isArray(time.days) ? time.days : weekdays;
  return {
    days: weekdays.filter((day) => known.includes(day)),
    from: clockTime(time.from),
    to: clockTime(time.to),
  };
}

/** Of minutes after midnight, or of a time of the configuration, which may be `24:00`. */
function clockTime(value: unknown): string {
  if (typeof value === 'string') return value === '24:00' ? '00:00' : value;
  const minutes = Number(value) % dayMinutes;
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0');
  return `${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** As the configuration writes it. */
export function scheduleSettings({ timeZone, rows, connected }: ScheduleDraft) {
  return {
    timeZone: timeZone.trim(),
    times: rows.map(({ days, from, to }) => ({ days, from, to: to === '00:00' ? '24:00' : to })),
    otherwise: connected ? 'connected' : 'disconnect',
  };
}

export function faultsOfSchedule({ timeZone, rows }: ScheduleDraft): ScheduleFault[] {
  const faults: ScheduleFault[] = [];
  if (!isTimeZone(timeZone.trim())) faults.push('timeZone');
  if (rows.some(({ days }) => days.length === 0)) faults.push('days');
  if (rows.length === 0 || rows.some(isWrong)) faults.push('times');
  return faults;
}

function isWrong({ from, to }: TimeRow): boolean {
  const known = (time: string) => /^\d\d:\d\d$/.test(time);
  return !known(from) || !known(to) || (from === to && from !== '00:00');
}

function isTimeZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Spans of a day in which it is on, as shares of the day, also those that began the day before. */
export function spansOf(rows: readonly TimeRow[], day: Weekday): (readonly [number, number])[] {
  const yesterday = weekdays[(weekdays.indexOf(day) + 6) % 7] as Weekday;
  return rows.flatMap(({ days, from, to }) => {
    const [begin, end] = [shareOf(from), to === '00:00' ? 1 : shareOf(to)];
    if (begin < end) return days.includes(day) ? [[begin, end] as const] : [];
    return [
      ...(days.includes(day) ? [[begin, 1] as const] : []),
      ...(days.includes(yesterday) ? [[0, end] as const] : []),
    ];
  });
}

function shareOf(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) / dayMinutes;
}
