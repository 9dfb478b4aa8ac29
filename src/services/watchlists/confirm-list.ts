import type { Actor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import { awaitsReview, confirmationOf } from '../../domain/list-review.ts';
import type { Watchlist } from '../../domain/watchlist.ts';
import type { SamePerson } from '../access/people-behind.ts';
import { hasHiddenCharacters } from './hidden-characters.ts';

/** What a reviewer says about a list that is to be put in force. */
export interface ListConfirmationInput {
  /** The revision that was looked at. */
  readonly revision: number;
  /** At most 2000 characters; default none. */
  readonly note?: string;
}

/** When, and who else could. */
export interface ConfirmedAmong {
  /** Wall milliseconds. */
  readonly now: number;
  readonly reviewers: readonly string[];
  readonly isSamePerson: SamePerson;
}

/**
 * The list, put in force.
 * @throws NightglassError `CONFLICT`, `FORBIDDEN`, `BAD_REQUEST`
 */
export function confirmedList(
  list: Watchlist,
  { note = '', revision }: ListConfirmationInput,
  { name: by }: Actor,
  { now, reviewers, isSamePerson }: ConfirmedAmong,
): Watchlist {
  const what = `Cannot put the watchlist ${JSON.stringify(list.name)} in force`;
  if (!awaitsReview(list)) throw new NightglassError('CONFLICT', `${what}: it waits for no review`);
  if (list.review.revision !== revision) {
    throw new NightglassError('CONFLICT', `${what}: it has changed since it was looked at`, {
      hint: 'Look at what it says now.',
    });
  }
  if (note.length > 2000 || hasHiddenCharacters(note, 'lines')) {
    throw new NightglassError(
      'BAD_REQUEST',
      `${what}: the note must be a text of at most 2000 characters`,
    );
  }
  const as = confirmationOf(list.review, by, reviewers, isSamePerson);
  if (as === undefined) {
    throw new NightglassError('FORBIDDEN', `${what}: ${by} changed it, so somebody else has to`, {
      hint: 'Ask another reviewer or administrator who may see the list.',
    });
  }
  const confirmed = { by, at: now, as, note };
  return {
    ...list,
    review: { ...list.review, authors: [], since: null, before: null, confirmed },
  };
}
