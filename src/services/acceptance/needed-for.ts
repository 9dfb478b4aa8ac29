import { facesNeeded, walksNeeded } from '../../domain/acceptance/sample-size.ts';
import type { AcceptancePlan } from '../../domain/acceptance/walk.ts';
import { NightglassError } from '../../domain/errors.ts';

/** How many walks and strangers' faces show what a plan asks for. @throws NightglassError `BAD_REQUEST` */
export function neededFor({ fpir, halfWidth, rate }: AcceptancePlan): {
  readonly walks: number;
  readonly faces: number;
} {
  try {
    return { walks: walksNeeded(rate, halfWidth), faces: facesNeeded(fpir) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new NightglassError('BAD_REQUEST', cause.message, { cause });
  }
}
