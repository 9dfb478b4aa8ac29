import type { DecidedScore } from './statistics.ts';

/** A threshold that reviews speak for. It is a proposal: nobody but a person changes a list. */
export interface ThresholdSuggestion {
  readonly suggested: number;
  readonly direction: 'raise' | 'lower';
  /** For people. */
  readonly why: string;
  readonly samples: { readonly confirmed: number; readonly dismissed: number };
  /** Of the dismissed and of the confirmed alerts that were looked at, those below `suggested`. */
  readonly spares: number;
  readonly loses: number;
}

/** Decided alerts that a suggestion needs, and of the kind that it rests on. */
const leastDecided = 30;
const leastOfAKind = 10;
/** Share of the confirmed alerts that a higher threshold may cost. */
const mayLose = 0.02;
/** Share of the dismissed alerts that a higher threshold must spare. */
const mustSpare = 0.2;
/** A lower threshold is proposed below this share of dismissed alerts, ... */
const fewDismissed = 0.05;
/** ... where so many of the confirmed ones lie within `step` of the threshold. */
const crowded = 0.15;
const step = 0.02;

/**
 * Suggests a threshold from what people decided on alerts of one list.
 *
 * Raise: to the score below which at most 2 % of the confirmed alerts lie, where
 * that spares at least a fifth of the dismissed ones. Lower, by 0.02: where hardly
 * any alert is dismissed and many confirmed ones lie right above the threshold, so
 * that others likely stay below it unseen.
 * @param threshold the list's present one
 * @returns null where the reviews are too few or speak for no change
 */
export function suggestThreshold(
  threshold: number,
  decided: readonly DecidedScore[],
): ThresholdSuggestion | null {
  const count = (outcome: DecidedScore['outcome'], below = Number.POSITIVE_INFINITY): number =>
    decided
      .filter((each) => each.outcome === outcome && each.score < below)
      .reduce((sum, each) => sum + each.count, 0);
  const samples = { confirmed: count('confirmed'), dismissed: count('dismissed') };
  if (samples.confirmed + samples.dismissed < leastDecided) return null;
  if (samples.confirmed < leastOfAKind) return null;

  const candidates = [...new Set(decided.map(({ score }) => score))]
    .filter((score) => score > threshold)
    .sort((a, b) => b - a);
  const raised = candidates.find(
    (score) => count('confirmed', score) <= mayLose * samples.confirmed,
  );
  if (raised !== undefined && samples.dismissed >= leastOfAKind) {
    const spares = count('dismissed', raised);
    if (spares >= mustSpare * samples.dismissed) {
      const loses = count('confirmed', raised);
      return {
        suggested: raised,
        direction: 'raise',
        why: `${spares} of ${samples.dismissed} dismissed alerts were below ${raised.toFixed(3)}, and ${loses} of ${samples.confirmed} confirmed ones.`,
        samples,
        spares,
        loses,
      };
    }
  }
  const near = count('confirmed', threshold + step);
  const rarelyWrong = samples.dismissed < fewDismissed * (samples.confirmed + samples.dismissed);
  if (rarelyWrong && near >= crowded * samples.confirmed) {
    const suggested = Number((threshold - step).toFixed(4));
    return {
      suggested,
      direction: 'lower',
      why: `${near} of ${samples.confirmed} confirmed alerts were within ${step} of the threshold and only ${samples.dismissed} were dismissed: others likely stay below it.`,
      samples,
      spares: 0,
      loses: 0,
    };
  }
  return null;
}
