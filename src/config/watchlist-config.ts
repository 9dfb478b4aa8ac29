import { z } from 'zod';
import { durations } from '../domain/bounds.ts';
import {
  defaultFpir,
  defaultUses,
  watchlistPriorities,
  watchlistSounds,
  watchlistUses,
} from '../domain/watchlist.ts';
import { boundedDuration } from './duration.ts';

/** What a watchlist is for and where it may run. Its people are enrolled, not configured. */
export const watchlistConfig = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
    error: 'must be lower-case letters, digits, "-" or "_", at most 63',
  }),
  name: z.string().min(1).max(100),
  purpose: z.string().min(1),
  legalBasis: z.string().min(1),
  authorisation: z.string().min(1),
  owner: z.string().min(1),
  /** Cameras it may run on. Nothing is matched anywhere else. */
  cameras: z.preprocess(
    (cameras) => (cameras === '*' ? ['*'] : cameras),
    z.array(z.string().min(1)).min(1),
  ),
  /** Nothing is matched for anything else. */
  uses: z
    .array(z.enum(watchlistUses))
    .min(1)
    .default([...defaultUses]),
  fpir: z.number().gt(0).lt(1).default(defaultFpir),
  threshold: z.number().gt(-1).lt(1).optional(),
  expires: z.iso.date().optional(),
  retention: boundedDuration(...durations.retention).prefault('30d'),
  secondReviewer: z.boolean().default(false),
  /** Where its open alerts stand in a control room. */
  priority: z.enum(watchlistPriorities).default('normal'),
  /** What is heard at a new alert. */
  sound: z.enum(watchlistSounds).default('tone'),
});
