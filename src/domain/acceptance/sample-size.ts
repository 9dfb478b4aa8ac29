import { binomialInterval } from '../binomial-interval.ts';

/** More than this is planned by nobody. */
const mostWalks = 100_000;

/**
 * Walks after which the exact 95 % interval of a rate is at most so wide, were the rate as expected.
 * Walks of one volunteer are alike: several volunteers with few walks each tell more than the count says.
 * @param rate expected, 0..1
 * @param halfWidth half the width of the interval, above 0, below 0.5
 * @throws RangeError beyond these bounds, or where more than 100,000 are needed
 */
export function walksNeeded(rate: number, halfWidth: number): number {
  if (!(rate >= 0 && rate <= 1 && halfWidth > 0 && halfWidth < 0.5)) {
    throw new RangeError(`Cannot plan for a rate of ${rate} within ${halfWidth}`);
  }
  const isEnough = (walks: number): boolean => {
    const [low, high] = binomialInterval(Math.round(rate * walks), walks);
    return (high - low) / 2 <= halfWidth;
  };
  let [few, enough] = [0, 1];
  while (!isEnough(enough)) {
    few = enough;
    enough *= 2;
    if (enough > mostWalks) throw new RangeError(`Cannot plan more than ${mostWalks} walks`);
  }
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

/**
 * Strangers' faces without one false alert after which the exact 95 % interval of the rate ends at `fpir`: 3.7 / fpir,
 * as the rule of three (3 / fpir for a one-sided bound of 95 %) with a tail of 2.5 %.
 * @param fpir above 0, below 1 @throws RangeError beyond
 */
export function facesNeeded(fpir: number): number {
  if (!(fpir > 0 && fpir < 1)) throw new RangeError(`Cannot plan for an FPIR of ${fpir}`);
  return Math.ceil(Math.log(0.025) / Math.log1p(-fpir));
}
