import { z } from 'zod';
import { dayMs, durations } from '../domain/bounds.ts';
import { boundedDuration } from './duration.ts';
import { securedEndpoint } from './endpoint.ts';
import { secretHeaders } from './secret.ts';

/** Keeping the end of the audit log elsewhere, so that a log that was rewritten as a whole is found. */
const anchorConfig = z
  .strictObject({
    every: boundedDuration(60_000, 7 * dayMs).prefault('1h'),
    /** A line is added to it; relative to the configuration file, never in the data folder. */
    file: z.string().min(1).optional(),
    webhook: z
      .strictObject({
        url: securedEndpoint('https://keeper.example.org/anchors'),
        headers: secretHeaders,
        timeout: boundedDuration(100, 300_000).prefault('10s'),
        attempts: z.int().min(1).max(10).default(3),
      })
      .optional(),
  })
  .refine(({ file, webhook }) => file !== undefined || webhook !== undefined, {
    error: 'must name a "file", a "webhook" or both',
  });

export const auditConfig = {
  /** Older records of the audit log are pruned, verifiably. */
  retention: boundedDuration(...durations.retention).prefault('1095d'),
  /** Without it the end of the log is kept in the data folder alone. */
  anchor: anchorConfig.optional(),
};

export type AnchorConfig = z.output<typeof anchorConfig>;
