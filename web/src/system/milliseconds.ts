import { formatNumber } from '../i18n/format.ts';

/** A time in milliseconds, a dash for none. @param seconds as the gateway measures */
export function milliseconds(seconds: number | null): string {
  if (seconds === null) return '–';
  const value = seconds * 1000;
  return `${formatNumber(value, value < 10 ? 1 : 0)} ms`;
}
