/** How often strangers look alike to a model, measured on impostor pairs. */
export interface Calibration {
  /**
   * False match rate of one comparison, and the cosine that has it: pairs
   * `[fmr, threshold]`, any order, rates above 0 and below 1.
   */
  readonly impostorQuantiles: readonly (readonly [fmr: number, threshold: number])[];
}

/** Used for a model without calibration; high for any network that we know, and marked in the match. */
export const uncalibratedThreshold = 0.6;

/**
 * False match rate that one comparison may have so that a search of
 * `templates` gives a false candidate with probability `fpir`: the inverse of
 * FPIR(n) = 1 - (1 - fmr)^n. Comparisons are taken as independent, which errs
 * on the careful side for several images of one person.
 * @param fpir above 0, below 1
 * @param templates number of enrolled templates, at least 1
 */
export function falseMatchRateFor(fpir: number, templates: number): number {
  if (!(fpir > 0 && fpir < 1)) throw new RangeError('Cannot calibrate: fpir must be within 0..1');
  if (!(templates >= 1)) throw new RangeError('Cannot calibrate: at least one template is needed');
  // 1 - (1 - fpir)^(1/n), without losing digits for small rates.
  return -Math.expm1(Math.log1p(-fpir) / templates);
}

/** FPIR of a search of `templates` when one comparison errs with rate `fmr`. */
export function identificationRateFor(fmr: number, templates: number): number {
  return -Math.expm1(templates * Math.log1p(-fmr));
}

/**
 * Cosine with the given false match rate: linear between the measured points
 * over the logarithm of the rate, continued with the slope of the last two
 * points on either side, kept within -1..1. A continuation is a guess beyond
 * what was measured; the tail of impostors falls at least that fast in
 * practice.
 * @throws RangeError for a table of fewer than two usable points
 */
export function thresholdAt(fmr: number, calibration: Calibration): number {
  const points = usablePoints(calibration);
  const x = Math.log(fmr);
  // The first point at or beyond x, but never the first one of all.
  const found = points.findIndex((point, index) => index > 0 && point.x <= x);
  const right = found === -1 ? points.length - 1 : found;
  const from = points[right - 1] as CalibrationPoint;
  const to = points[right] as CalibrationPoint;
  const threshold = from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x);
  return Math.min(1, Math.max(-1, threshold));
}

/**
 * Fused score from which on a list of `templates` reports a match.
 * @returns `calibrated` false when {@link uncalibratedThreshold} stood in
 */
export function thresholdFor(options: {
  readonly fpir: number;
  readonly templates: number;
  readonly fixedThreshold: number | null;
  readonly calibration: Calibration | undefined;
}): { readonly threshold: number; readonly calibrated: boolean } {
  const { fpir, templates, fixedThreshold, calibration } = options;
  if (fixedThreshold !== null) return { threshold: fixedThreshold, calibrated: true };
  if (calibration === undefined) return { threshold: uncalibratedThreshold, calibrated: false };
  const fmr = falseMatchRateFor(fpir, Math.max(1, templates));
  return { threshold: thresholdAt(fmr, calibration), calibrated: true };
}

interface CalibrationPoint {
  /** Natural logarithm of the rate. */
  readonly x: number;
  readonly y: number;
}

/** By falling rate; of equal rates the highest threshold; thresholds never fall as rates do. */
function usablePoints({ impostorQuantiles }: Calibration): CalibrationPoint[] {
  const points: CalibrationPoint[] = [];
  const sorted = impostorQuantiles
    .filter(([fmr, threshold]) => fmr > 0 && fmr < 1 && Number.isFinite(threshold))
    .toSorted(([fmr, threshold], [other, otherThreshold]) =>
      other === fmr ? otherThreshold - threshold : other - fmr,
    );
  let highest = -1;
  for (const [fmr, threshold] of sorted) {
    if (points.at(-1)?.x === Math.log(fmr)) continue;
    highest = Math.max(highest, threshold);
    points.push({ x: Math.log(fmr), y: highest });
  }
  if (points.length < 2) {
    throw new RangeError('Cannot calibrate: the table needs two points with rates within 0..1');
  }
  return points;
}
