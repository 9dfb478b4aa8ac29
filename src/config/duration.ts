import { z } from 'zod';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Without bounds; every setting has some: `boundedDuration`. A duration such as `250ms`, `5s`, `10m`, `12h`, `30d`; read as milliseconds. */
const duration = z
  .string({ error: 'must be a duration such as "250ms", "5s", "10m", "12h" or "30d"' })
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, {
    error: 'must be a duration such as "250ms", "5s", "10m", "12h" or "30d"',
  })
  .transform((text) => {
    const unit = (/[a-z]+$/.exec(text)?.[0] ?? 'ms') as keyof typeof units;
    return Number.parseFloat(text) * units[unit];
  });

/** A duration within bounds, milliseconds. */
export function boundedDuration(least: number, most: number) {
  return duration.refine((ms) => ms >= least && ms <= most, {
    error: `must be from ${inWords(least)} to ${inWords(most)}`,
  });
}

/** As it is written in the configuration, in the largest unit that leaves no rest. */
function inWords(ms: number): string {
  const [unit, size] = Object.entries(units)
    .toReversed()
    .find(([, size]) => ms > 0 && ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
