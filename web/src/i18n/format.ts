import { language, languageTags } from './language.ts';
import { timeZone } from './time-zone.ts';

const made = new Map<string, unknown>();

/** Formatters are costly to make: one a language, kind and zone. */
function kept<T>(kind: string, make: (tag: string) => T): T {
  const tag = languageTags[language.value];
  const key = `${tag} ${kind}`;
  if (!made.has(key)) made.set(key, make(tag));
  return made.get(key) as T;
}

/** @param digits after the point, always that many; left out, up to three as needed */
export function formatNumber(value: number, digits?: number): string {
  return kept(`number ${digits}`, (tag) => {
    const fraction =
      digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(tag, fraction);
  }).format(value);
}

/** @param share 0..1 */
export function formatPercent(share: number, digits = 0): string {
  return kept(
    `percent ${digits}`,
    (tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: digits }),
  ).format(share);
}

/** A moment in the page's language and time zone. */
function formatMoment(at: number, kind: string, options: Intl.DateTimeFormatOptions): string {
  const zone = timeZone.value;
  const make = (tag: string) =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone: zone, hourCycle: 'h23' });
  return kept(`${kind} ${zone}`, make).format(at);
}

/** Time of day with seconds, 24 hours. */
export function formatTime(at: number): string {
  return formatMoment(at, 'time', { timeStyle: 'medium' });
}

export function formatDate(at: number): string {
  return formatMoment(at, 'date', { dateStyle: 'medium' });
}

/** A day with its weekday. @param day as ISO 8601 writes it: 2030-01-31 */
export function formatDay(day: string): string {
  return kept(
    'day',
    (tag) =>
      new Intl.DateTimeFormat(tag, {
        ...{ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' },
      }),
  ).format(Date.parse(day));
}

/** A day of the week. @param weekday 0 for Monday */
export function formatWeekday(weekday: number, length: 'long' | 'short'): string {
  return kept(
    `weekday ${length}`,
    (tag) => new Intl.DateTimeFormat(tag, { weekday: length, timeZone: 'UTC' }),
  ).format(Date.UTC(2024, 0, 1 + weekday));
}

export function formatDateTime(at: number): string {
  return formatMoment(at, 'date and time', { dateStyle: 'medium', timeStyle: 'medium' });
}

const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago, or how far ahead, in the largest fitting unit; by tens below a minute. */
export function formatAgo(at: number, now: number): string {
  const seconds = (at - now) / 1000;
  const relative = kept(
    'relative',
    (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' }),
  );
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(Math.trunc(seconds / 10) * 10 + 0, 'second');
}

const spans = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in the largest unit that it fills. @param milliseconds 0 or more */
export function formatSpan(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const [unit, length] = spans.find(([, each]) => seconds >= each) ?? ['second', 1];
  return kept(
    `span ${unit}`,
    (tag) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short' }),
  ).format(Math.floor(seconds / length));
}

export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const unit = units[power] ?? 'byte';
  return kept(
    `bytes ${unit}`,
    (tag) =>
      new Intl.NumberFormat(tag, {
        style: 'unit',
        unit,
        unitDisplay: 'short',
        maximumFractionDigits: 1,
      }),
  ).format(bytes / 1000 ** power);
}
