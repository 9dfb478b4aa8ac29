import { z } from 'zod';

const units = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

/** A number of bytes within bounds, such as `256MiB`. */
export function boundedSize(least: number, most: number) {
  const error = `must be a size such as "64MiB" or "10GiB", from ${inWords(least)} to ${inWords(most)}`;
  return z
    .string({ error })
    .regex(/^\d+(\.\d+)?(KiB|MiB|GiB|TiB)$/, { error })
    .transform((text) => {
      const unit = text.slice(-3) as keyof typeof units;
      return Math.round(Number.parseFloat(text) * units[unit]);
    })
    .refine((bytes) => bytes >= least && bytes <= most, { error });
}

function inWords(bytes: number): string {
  const [unit, size] = Object.entries(units)
    .toReversed()
    .find(([, size]) => bytes % size === 0) ?? ['KiB', units.KiB];
  return `${bytes / size}${unit}`;
}
