import { type Calibration, thresholdAt } from './calibration.ts';

/**
 * Two landmarks on a model's scale of similarity, for hints at enrolment.
 * `same`: strangers come so close once in a hundred thousand comparisons, or
 * less. `stranger`: one stranger in a hundred is at least so close, so two
 * good images of one person should lie above it.
 */
export function similarityLevels(calibration: Calibration | undefined): {
  readonly same: number;
  readonly stranger: number;
} {
  if (calibration === undefined) return { same: 0.6, stranger: 0.2 };
  return { same: thresholdAt(1e-5, calibration), stranger: thresholdAt(1e-2, calibration) };
}
