import { NightglassError } from './errors.ts';
import type { ReviewStatus } from './review.ts';

/** What somebody wrote about an alert. */
export interface AlertNote {
  /** Name of the token. */
  readonly author: string;
  readonly text: string;
  /** Wall time, milliseconds. */
  readonly at: number;
}

export const alertNoteBounds = {
  /** Characters of a note. */
  text: [1, 2000],
  /** Notes of one alert. */
  perAlert: 100,
} as const;

/** The text as it is kept. @throws NightglassError `BAD_REQUEST` for none, or one that is too long */
export function noteText(given: string): string {
  const text = given.trim();
  const [least, most] = alertNoteBounds.text;
  if (text.length >= least && text.length <= most) return text;
  throw new NightglassError(
    'BAD_REQUEST',
    `Cannot note ${text.length} characters: a note has ${least} to ${most}`,
  );
}

/**
 * The notes that `viewer` may see: while a second verdict is awaited, only the viewer's own. What
 * another one writes may say how they judged.
 */
export function visibleNotes(
  notes: readonly AlertNote[],
  { needed, decided }: ReviewStatus,
  viewer: string,
): AlertNote[] {
  return notes.filter(({ author }) => needed === 1 || decided || author === viewer);
}
