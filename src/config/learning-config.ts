import { z } from 'zod';
import { durations, learningBounds } from '../domain/bounds.ts';
import { boundedDuration } from './duration.ts';

const { perPerson, pictures } = learningBounds;

/** On what ground, of which lists and for how long confirmed faces may be taken for training. */
export const learningConfig = z.strictObject({
  legalBasis: z.string().trim().min(1).max(300),
  /** Alerts that are older are taken no more; never longer than their list keeps them. */
  retention: boundedDuration(...durations.retention),
  /** Ids of watchlists; people of others are never taken. */
  watchlists: z.array(z.string().min(1).max(63)).min(1).max(256),
  /** Pictures of each person, and of all together, at most: the newest alerts first. */
  perPerson: z.int().min(perPerson[0]).max(perPerson[1]).default(20),
  pictures: z.int().min(pictures[0]).max(pictures[1]).default(1000),
});
