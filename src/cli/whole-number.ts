import { InvalidArgumentError } from 'commander';

/** Parses a whole number of at least `min`, for commander. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min) {
      throw new InvalidArgumentError(`must be a whole number of at least ${min}`);
    }
    return value;
  };
}
