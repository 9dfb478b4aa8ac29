import { z } from 'zod';
import { accountBounds, mostDays } from '../../domain/bounds.ts';
import { roles, scopes } from '../../domain/principal.ts';
import { signInKinds } from '../../domain/sign-in-kind.ts';
import { factorKind } from './factor.ts';
import { id, wallTime } from './values.ts';

const some = z.union([z.literal('*'), z.array(id).max(accountBounds.named)]);
const rights = {
  role: z.enum(roles),
  cameras: some.describe('Camera ids; `"*"` is all'),
  watchlists: some.describe('Watchlist ids; `"*"` is all'),
  scopes: z.array(z.enum(scopes)).max(scopes.length),
};
const linkKind = z
  .enum(['invitation', 'reset'])
  .describe('What a link is for: a first password, or a new one');

export const userSchema = z
  .object({
    id: z.string(),
    name: z.string().describe('Login name; stands in reviews and in the audit log'),
    displayName: z.string(),
    origin: z.enum(['local', 'oidc']).describe('Where it signs in'),
    ...rights,
    state: z
      .enum(['waiting', 'active', 'disabled', 'unconfirmed'])
      .describe(
        '`waiting`: its holder has no password yet; `unconfirmed`: the identity provider stands for it no longer',
      ),
    createdAt: wallTime,
    createdBy: z.string(),
    lastSeenAt: wallTime.nullable(),
    sessions: z.number().describe('Sessions that are open'),
    secondFactors: z.array(factorKind).describe('Kinds that it has'),
    link: z
      .object({ kind: linkKind, expiresAt: wallTime })
      .nullable()
      .describe('A link that was made and not used yet'),
  })
  .describe('An account of a person');

export const newUserBody = z.strictObject({
  name: z.string().trim().min(1).max(accountBounds.name[1]).describe('Login name'),
  displayName: z.string().trim().min(1).max(accountBounds.displayName).optional(),
  role: rights.role,
  cameras: some.optional(),
  watchlists: some.optional(),
  scopes: rights.scopes.optional(),
});

export const userPatch = z.strictObject({
  displayName: z.string().trim().min(1).max(accountBounds.displayName).optional(),
  role: rights.role.optional(),
  cameras: some.optional(),
  watchlists: some.optional(),
  scopes: rights.scopes.optional(),
  disabled: z.boolean().optional(),
});

export const linkSchema = z
  .object({
    secret: z.string().describe('Shown here and never again; the page takes it as `#/join/SECRET`'),
    kind: linkKind,
    expiresAt: wallTime,
  })
  .describe('A one-time link with which the holder of an account chooses a password');

export const invitedSchema = z.object({ user: userSchema, link: linkSchema });

const secret = z.string().trim().min(1).max(200);
export const openLinkBody = z.strictObject({ secret });
export const openLinkSchema = z.object({
  name: z.string(),
  displayName: z.string(),
  kind: linkKind,
  expiresAt: wallTime,
});

/** Whether it may be chosen is for the rules to say; here it has a bound alone. */
const chosen = z.string().max(4 * accountBounds.password[1]);
export const acceptLinkBody = z.strictObject({ secret, password: chosen });
export const passwordBody = z.strictObject({ current: chosen, next: chosen });

export const ownAccountSchema = userSchema
  .pick({ name: true, displayName: true, origin: true, createdAt: true, lastSeenAt: true })
  .extend({ hasPassword: z.boolean() });

export const openSessionSchema = z
  .object({
    id: z.string(),
    name: z.string().describe('Whose it is'),
    by: z.enum(signInKinds).describe('What it was begun with'),
    address: z.string(),
    agent: z.string().describe('What the browser calls itself'),
    startedAt: wallTime,
    usedAt: wallTime,
    expiresAt: wallTime,
    current: z.boolean().describe('True for the one that asks'),
  })
  .describe('An open session of a browser');

export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: rights.role,
    cameras: some,
    watchlists: some,
    scopes: z.array(z.string()),
    people: z
      .array(z.string())
      .describe('Accounts, and tokens that made it, that may stand behind it'),
    createdAt: wallTime,
    expiresAt: wallTime.nullable(),
    revokedAt: wallTime.nullable(),
  })
  .describe('A token of a program, without its secret');

export const newTokenBody = z.strictObject({
  name: z.string().trim().min(1).max(200),
  role: rights.role,
  cameras: some.optional(),
  watchlists: some.optional(),
  scopes: rights.scopes.optional(),
  days: z.int().min(1).max(mostDays).optional().describe('Until it expires; never without'),
  for: z.string().max(200).optional().describe('Login name of an account that uses it, too'),
});

export const madeTokenSchema = z.object({
  token: tokenSchema,
  secret: z.string().describe('Shown here and never again'),
});
