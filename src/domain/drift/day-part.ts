/** Parts of a day that are kept apart, so that like hours are compared with like hours. */
export const partsOfDay = 8;

export interface DayPart {
  /** Days since 1 January 1970, by the clock on the wall of this machine. */
  readonly day: number;
  /** From 0: three hours each. */
  readonly part: number;
}

/** @param at wall time, milliseconds */
export function dayPart(at: number): DayPart {
  const date = new Date(at);
  const midnight = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return {
    day: Math.round(midnight / 86_400_000),
    part: Math.floor((date.getHours() * partsOfDay) / 24),
  };
}

/** The first moment of a day by the clock on the wall of this machine, wall time, milliseconds. */
export function startOfDay(day: number): number {
  const date = new Date(day * 86_400_000);
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()).getTime();
}

/** As ISO 8601 writes it: 2030-01-31. */
export function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** @returns the day of such a text; NaN where it is none */
export function dayOfText(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
}

/** The Monday that a day's week begins with. */
export function mondayOf(day: number): number {
  // The first of January 1970 was a Thursday.
  return day - ((((day + 3) % 7) + 7) % 7);
}
