import { formatWeekday } from '../i18n/format.ts';
import { type Weekday, weekdays } from './schedule-draft.ts';

/** A day of the week in the page's language. */
export function weekdayName(day: Weekday, length: 'long' | 'short'): string {
  return formatWeekday(weekdays.indexOf(day), length);
}
