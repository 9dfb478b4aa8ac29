import { z } from 'zod';
import { accountBounds } from '../../domain/bounds.ts';
import { roles } from '../../domain/principal.ts';
import { factorKinds } from '../../domain/second-factor.ts';
import { confirmTotp, recoveryCodes } from './factor.ts';
import { assertion } from './passkey.ts';
import { ticket } from './ticket.ts';
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
  sites: z.array(z.string()).describe('Sites of this centre whose alerts they may see'),
  open: z.boolean().describe('True when no token is asked for'),
  version: z.string(),
  csrf: z
    .string()
    .optional()
    .describe('By cookie only: goes into `x-csrf-token` of each POST, PATCH and DELETE'),
  expiresAt: wallTime.optional().describe('By cookie only: when the session is over in any case'),
});

export const secondStepSchema = z
  .object({
    ticket: z.string().describe('For `/api/login/second`; good for nothing else'),
    secondFactor: z
      .array(z.enum([...factorKinds, 'recovery']))
      .describe('By what the sign-in goes on'),
    enrol: z
      .boolean()
      .describe(
        'True: the account must have a second factor and has none, it is to be added first',
      ),
    expiresAt: wallTime,
  })
  .describe('A sign-in whose password was right, and which nothing is open to yet');

/** Six digits, with or without a space between; or a recovery code. */
const code = z.string().trim().min(1).max(64);

export const secondStepBody = z.union([
  z.strictObject({ ticket, code: code.describe('Of the authenticator app') }),
  z.strictObject({ ticket, recoveryCode: code }),
  z.strictObject({ ticket, passkey: assertion }),
]);

export const enrolBody = z.strictObject({ ticket });
export const enrolConfirmBody = z.strictObject({ ticket, ...confirmTotp });
export const enrolledSessionSchema = z.object({ session: sessionSchema, recoveryCodes });

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
