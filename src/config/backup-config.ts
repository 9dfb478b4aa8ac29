import { z } from 'zod';
import { keyChoices } from '../domain/backup.ts';
import { backupBounds, durations } from '../domain/bounds.ts';
import { boundedDuration } from './duration.ts';
import { secretReference } from './secret.ts';

/** Regular backups of the data folder. */
export const backupConfig = z
  .strictObject({
    /** Relative to the configuration file; never in the data folder. */
    folder: z.string().min(1),
    every: boundedDuration(...backupBounds.every).prefault('1d'),
    /** Of the newest so many are kept, and none for longer than `keepFor`. */
    keep: z.int().min(backupBounds.keep[0]).max(backupBounds.keep[1]).default(7),
    keepFor: boundedDuration(...durations.retention).prefault('30d'),
    keys: z.enum(keyChoices).default('folder'),
    /** Public keys of the age format: this machine cannot open what it wrote. */
    recipients: z
      .array(z.string().regex(/^age1[a-z0-9]{10,4000}$/, 'must be a public key of age, "age1…"'))
      .min(1)
      .max(backupBounds.recipients)
      .optional(),
    passphrase: secretReference.optional(),
  })
  .refine(
    ({ recipients, passphrase }) => (recipients === undefined) !== (passphrase === undefined),
    {
      error: 'must name either "recipients" or a "passphrase"',
    },
  );

export type BackupConfig = z.output<typeof backupConfig>;
