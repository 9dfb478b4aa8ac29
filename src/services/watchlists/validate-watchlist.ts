import { isWallTime, mostDays } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import {
  defaultFpir,
  defaultUses,
  type Watchlist,
  type WatchlistInput,
  watchlistUses,
} from '../../domain/watchlist.ts';
import { hasHiddenCharacters } from './hidden-characters.ts';

export const watchlistDefaults = {
  uses: defaultUses,
  fpir: defaultFpir,
  fixedThreshold: null,
  expiresAt: null,
  retentionDays: 30,
  twoPersonReview: false,
  priority: 'normal',
  sound: 'tone',
} as const;

const texts = ['name', 'purpose', 'legalBasis', 'authorisation', 'owner'] as const;

/**
 * Fills in defaults and refuses a list that says too little: without purpose,
 * legal basis, authorisation and owner nobody may be looked for.
 * @param now wall milliseconds; the list must expire later than that
 * @throws NightglassError `BAD_REQUEST`
 */
export function validateWatchlist(
  input: WatchlistInput,
  now: number,
): Omit<Watchlist, 'id' | 'review' | 'createdAt' | 'updatedAt'> {
  for (const field of texts) {
    const value: unknown = input[field];
    if (typeof value !== 'string' || value.trim() === '' || value.length > 2000) {
      refuse(field, 'it must be a text of 1 to 2000 characters');
    }
    if (hasHiddenCharacters(value, field === 'name' ? 'one line' : 'lines')) {
      refuse(field, 'it holds control characters or marks that turn its direction');
    }
  }
  const { cameras } = input;
  if (cameras !== '*' && (!Array.isArray(cameras) || cameras.length === 0)) {
    refuse('cameras', "it must be '*' or name at least one camera");
  }
  const uses = input.uses ?? watchlistDefaults.uses;
  if (uses.length === 0) refuse('uses', `it must name one of ${watchlistUses.join(', ')}`);
  const list = {
    name: input.name.trim(),
    purpose: input.purpose.trim(),
    legalBasis: input.legalBasis.trim(),
    authorisation: input.authorisation.trim(),
    owner: input.owner.trim(),
    cameras: cameras === '*' ? cameras : [...new Set(cameras)],
    uses: watchlistUses.filter((use) => uses.includes(use)),
    fpir: input.fpir ?? watchlistDefaults.fpir,
    fixedThreshold: input.fixedThreshold ?? watchlistDefaults.fixedThreshold,
    expiresAt: input.expiresAt ?? watchlistDefaults.expiresAt,
    retentionDays: input.retentionDays ?? watchlistDefaults.retentionDays,
    twoPersonReview: input.twoPersonReview ?? watchlistDefaults.twoPersonReview,
    priority: input.priority ?? watchlistDefaults.priority,
    sound: input.sound ?? watchlistDefaults.sound,
  };
  if (!(list.fpir > 0 && list.fpir < 1)) refuse('fpir', 'it must be above 0 and below 1');
  const { fixedThreshold, expiresAt, retentionDays } = list;
  if (fixedThreshold !== null && !(fixedThreshold >= -1 && fixedThreshold <= 1)) {
    refuse('fixedThreshold', 'it must be a cosine, -1 to 1');
  }
  if (expiresAt !== null && !(isWallTime(expiresAt) && expiresAt > now)) {
    refuse('expiresAt', 'it must lie ahead, and before the year 10000');
  }
  if (!(retentionDays > 0 && retentionDays <= mostDays)) {
    refuse('retentionDays', `it must be above 0 and at most ${mostDays}`);
  }
  return list;
}

function refuse(field: string, why: string): never {
  throw new NightglassError('BAD_REQUEST', `Cannot store the watchlist: ${field}: ${why}`);
}
