import { InvalidArgumentError } from 'commander';

/** Parses a day or time (ISO 8601) as wall milliseconds, for commander. */
export function wallTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('must be a date such as 2026-05-31');
  return time;
}
