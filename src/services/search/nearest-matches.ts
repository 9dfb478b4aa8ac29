import type { ListMatch, Probe } from '../../domain/match.ts';
import type { IndexedList, ListIndex, PassOptions } from './list-index.ts';
import { toMatch } from './to-match.ts';

/** People with look-alikes behind whom somebody else is looked for. */
const mostPassedOver = 20;

/**
 * The match of each probe with whom it resembles most; with the next one where that person's
 * look-alikes alone keep it from matching. Empty without templates of the model; yields as a pass
 * over the templates does.
 * @param probes of one model
 * @param threshold asked for after the pass, when the templates are those that were compared
 */
export function* nearestMatches(
  index: ListIndex<IndexedList>,
  probes: readonly Probe[],
  threshold: (at: number) => number,
  pass: PassOptions,
): Generator<void, ListMatch[]> {
  const model = probes[0]?.model ?? '';
  const queries = probes.map(({ fused }) => fused);
  const found = yield* index.nearest(model, queries, pass);
  // Before others have their turn: a candidate is valid until the index changes.
  const matches = found.map((candidate, at) =>
    toMatch(index, probes[at] as Probe, candidate, threshold(at)),
  );
  for (const [at, match] of matches.entries()) {
    const score = match.scores.fused;
    if (match.matched || score < threshold(at)) continue;
    const probe = probes[at] as Probe;
    const limit = Math.min(index.peopleWithLookAlikes, mostPassedOver) + 1;
    const [best = []] = yield* index.best(model, [probe.fused], limit, pass);
    const others = best.map((candidate) => toMatch(index, probe, candidate, threshold(at)));
    const other = others.find(({ matched }) => matched) ?? others[0];
    if (other !== undefined) matches[at] = other;
  }
  return matches;
}

/** Best `limit` people for each probe, best first; otherwise as {@link nearestMatches}. */
export function* bestMatches(
  index: ListIndex<IndexedList>,
  probes: readonly Probe[],
  limit: number,
  threshold: (at: number) => number,
  pass: PassOptions,
): Generator<void, ListMatch[][]> {
  const model = probes[0]?.model ?? '';
  const queries = probes.map(({ fused }) => fused);
  const found = yield* index.best(model, queries, limit, pass);
  return probes.map((probe, at) =>
    (found[at] ?? []).map((candidate) => toMatch(index, probe, candidate, threshold(at))),
  );
}
