import { footageBounds } from '../../domain/bounds.ts';
import type { FootageSighting } from '../../domain/footage.ts';

/** Which part of its file shows the seconds around a sighting. */
export function clipSpan({ at, until }: Pick<FootageSighting, 'at' | 'until'>): {
  readonly from: number;
  readonly until: number;
} {
  const { clipAround, clipSeconds } = footageBounds;
  const from = Math.max(0, at - clipAround);
  return { from, until: Math.min(Math.max(at, until) + clipAround, from + clipSeconds) };
}
