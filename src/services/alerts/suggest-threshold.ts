import type { DecidedScore } from '../../store/alert-tally.ts';

/** A threshold that reviews speak for. It is a proposal: nobody but a person changes a list. */
export interface ThresholdSuggestion {
  readonly suggested: number;
  readonly direction: 'raise' | 'lower';
  /** For people. */
  readonly why: string;
  /** Decided alerts that it rests on. */
  readonly samples: number;
  readonly confirmed: number;
  readonly dismissed: number;
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
  const confirmed = count('confirmed');
  const dismissed = count('dismissed');
  const samples = confirmed + dismissed;
  if (samples < leastDecided || confirmed < leastOfAKind) return null;

  const candidates = [...new Set(decided.map(({ score }) => score))]
    .filter((score) => score > threshold)
    .sort((a, b) => b - a);
  const raised = candidates.find((score) => count('confirmed', score) <= mayLose * confirmed);
  if (raised !== undefined && dismissed >= leastOfAKind) {
    const spares = count('dismissed', raised);
    if (spares >= mustSpare * dismissed) {
      const loses = count('confirmed', raised);
      return {
        suggested: raised,
        direction: 'raise',
        why: `${spares} of ${dismissed} dismissed alerts were below ${raised.toFixed(3)}, and ${loses} of ${confirmed} confirmed ones.`,
        samples,
        confirmed,
        dismissed,
        spares,
        loses,
      };
    }
  }
  const near = count('confirmed', threshold + step);
  const rarelyWrong = dismissed < fewDismissed * samples;
  if (rarelyWrong && near >= crowded * confirmed) {
    const suggested = Number((threshold - step).toFixed(4));
    return {
      suggested,
      direction: 'lower',
      why: `${near} of ${confirmed} confirmed alerts were within ${step} of the threshold and only ${dismissed} were dismissed: others likely stay below it.`,
      samples,
      confirmed,
      dismissed,
      spares: 0,
      loses: 0,
    };
  }
  return null;
}
