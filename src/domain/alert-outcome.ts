import { NightglassError } from './errors.ts';

/** What came of a confirmed alert. */
export const alertOutcomes = [
  /** Stopped or spoken to. */
  'stopped',
  /** Identified by a document. */
  'identified',
  'same_person',
  /** Somebody else: the confirmation was wrong. */
  'other_person',
  'not_found',
  'no_action',
] as const;
export type AlertOutcome = (typeof alertOutcomes)[number];

/** What somebody says came of an alert; the last one counts, those before it stay. */
export interface OutcomeEntry {
  readonly outcome: AlertOutcome;
  /** Name of the token. */
  readonly author: string;
  /** Empty for none. */
  readonly note: string;
  /** Wall time, milliseconds. */
  readonly at: number;
}

export const outcomeBounds = {
  /** Characters of a note. */
  note: 2000,
  /** Of one alert. */
  perAlert: 50,
} as const;

/** How often each came, by the last of each alert. */
export type OutcomeCounts = Readonly<Record<AlertOutcome, number>>;

export function noOutcomes(): Record<AlertOutcome, number> {
  return Object.fromEntries(alertOutcomes.map((each) => [each, 0])) as Record<AlertOutcome, number>;
}

/** The note as it is kept. @throws NightglassError `BAD_REQUEST` for one that is too long */
export function outcomeNote(given: string): string {
  const note = given.trim();
  if (note.length <= outcomeBounds.note) return note;
  throw new NightglassError(
    'BAD_REQUEST',
    `Cannot record the outcome: a note has at most ${outcomeBounds.note} characters`,
  );
}
