/**
 * A face of which a reviewer said, on a dismissed alert, that it is not the person whom it matched.
 * It raises the threshold of that person for faces like it, and for no other.
 */
export interface LookAlike {
  readonly id: string;
  readonly personId: string;
  /** The dismissed alert that it comes from, and with which it is deleted. */
  readonly alertId: string;
  /** Name of the embedding model. */
  readonly model: string;
  /** L2-normalised. */
  readonly embedding: Float32Array;
  /** The highest score with which it was taken for the person. */
  readonly score: number;
  readonly createdAt: number;
  /** Name of who said so. */
  readonly createdBy: string;
}

/** Look-alikes that one person may have: each makes their search a little slower and narrower. */
export const mostLookAlikes = 20;

/** From so much above the score of a look-alike on a face like it alerts again. */
const scoreMargin = 0.05;
/** A face counts as the look-alike's where it is nearer to it than to the person by so much. */
const nearerBy = 0.05;

/** Score from which on a face like this look-alike alerts. */
export function raisedThreshold({ score }: Pick<LookAlike, 'score'>): number {
  return Math.min(1, score + scoreMargin);
}

/**
 * The threshold that holds for a face: that of the list, or the raised one where the face is like
 * a look-alike. It is, where the list itself would call the two one person, and where it is
 * clearly nearer to the look-alike than to the person: the person's own face is not.
 * @param score with which the face resembles the person
 * @param likeness cosine of the face with a look-alike
 */
export function thresholdAgainst<Known extends Pick<LookAlike, 'score'>>(
  lookAlikes: readonly Known[],
  { score, threshold }: { readonly score: number; readonly threshold: number },
  likeness: (lookAlike: Known) => number,
): number {
  let raised = threshold;
  for (const lookAlike of lookAlikes) {
    const like = likeness(lookAlike);
    if (like < threshold || like < score + nearerBy) continue;
    raised = Math.max(raised, raisedThreshold(lookAlike));
  }
  return raised;
}
