import { formatNumber } from '../i18n/format.ts';

/** A short time in milliseconds, from a second on in seconds, a dash for none. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds >= 1) return `${formatNumber(seconds, 1)} s`;
  const milliseconds = seconds * 1000;
  return `${formatNumber(milliseconds, milliseconds < 10 ? 1 : 0)} ms`;
}
