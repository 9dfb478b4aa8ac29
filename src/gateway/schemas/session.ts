import { z } from 'zod';
import { accountBounds } from '../../domain/bounds.ts';
import { roles } from '../../domain/principal.ts';
import { wallTime } from './values.ts';

const some = z.union([z.literal('*'), z.array(z.string())]);

export const sessionSchema = z.object({
  name: z.string().describe('Of the token, or the login name of the account'),
  kind: z
    .enum(['account', 'token', 'visitor'])
    .describe('Whose it is; `visitor`: of somebody who needs no token'),
  displayName: z.string().describe('Of an account how the person is called, else the name'),
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

export const loggedOutSchema = z.object({
  goOn: z.string().describe('Where the browser logs out at the identity provider, too'),
});

export const loginBody = z.strictObject({ token: z.string().trim().min(1).max(512) });

/** A password is never trimmed, nor held against rules where it is only compared. */
const anyPassword = z
  .string()
  .min(1)
  .max(4 * accountBounds.password[1]);

export const passwordLoginBody = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('Login name'),
  password: anyPassword,
});
