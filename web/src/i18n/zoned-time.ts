import { TZDate } from '@date-fns/tz';

/**
 * A moment as `<input type=datetime-local>` has it.
 *
 * @param at milliseconds since the epoch
 * @param zone IANA name
 * @returns `YYYY-MM-DDTHH:MM` in that zone
 */
export function fieldTime(at: number, zone: string): string {
  return new TZDate(at, zone).toISOString().slice(0, 16);
}

/**
 * The moment that a field means.
 *
 * @param text `YYYY-MM-DD`, or with `THH:MM`
 * @param zone IANA name of the zone that it is written in
 * @param days that many days later
 * @returns milliseconds since the epoch; undefined of what is no date
 */
export function momentOf(text: string, zone: string, days = 0): number | undefined {
  const parts = /^(\d{4,6})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const at = new TZDate(year, month - 1, day + days, hour, minute, zone).getTime();
  return Number.isNaN(at) ? undefined : at;
}
