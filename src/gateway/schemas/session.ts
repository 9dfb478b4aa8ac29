import { z } from 'zod';
import { roles } from '../../domain/principal.ts';
import { wallTime } from './values.ts';

const some = z.union([z.literal('*'), z.array(z.string())]);

export const sessionSchema = z.object({
  name: z.string(),
  role: z.enum(roles),
  cameras: some.describe('Camera ids; `"*"` is all'),
  watchlists: some.describe('Watchlist ids; `"*"` is all'),
  scopes: z.array(z.string()),
  open: z.boolean().describe('True when no token is asked for'),
  version: z.string(),
  csrf: z
    .string()
    .optional()
    .describe('By cookie only: goes into `x-csrf-token` of each POST, PATCH and DELETE'),
  expiresAt: wallTime.optional().describe('By cookie only: when the session is over in any case'),
});

export const loginBody = z.strictObject({ token: z.string().trim().min(1).max(512) });
