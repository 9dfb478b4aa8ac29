import { InvalidArgumentError } from 'commander';

/** Parses a rate above 0 and below 1, for commander. */
export function rateWithin(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate < 1) return rate;
  throw new InvalidArgumentError('It must lie within 0 and 1.');
}
