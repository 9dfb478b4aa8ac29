import { z } from 'zod';
import { mostCameras, oidcBounds } from '../domain/bounds.ts';
import { roles, scopes } from '../domain/principal.ts';
import { boundedDuration } from './duration.ts';
import { endpoint, securedEndpoint } from './endpoint.ts';
import { secretReference } from './secret.ts';

const group = z.string().min(1).max(oidcBounds.group);
const some = (most: number) =>
  z.union([z.literal('*'), z.array(z.string().min(1).max(200)).max(most)]).default('*');

/** What the members of a group of the provider may do here. */
const groupConfig = z
  .strictObject({
    group,
    role: z.enum(roles),
    cameras: some(mostCameras),
    watchlists: some(256),
    scopes: z.array(z.enum(scopes)).max(scopes.length).default([]),
  })
  .refine(({ role, scopes: held }) => role !== 'viewer' || held.length === 0, {
    error: 'must hold no scope with the role viewer, who sees no biometric data',
    path: ['scopes'],
  });

/** Single sign-on at an OpenID Connect provider. */
export const oidcConfig = z
  .strictObject({
    /** As the provider writes it in its discovery document, to the letter. */
    issuer: securedEndpoint('https://login.example.org/realms/site').refine(
      (text) => !URL.canParse(text) || `${new URL(text).search}${new URL(text).hash}` === '',
      { error: 'must have neither a query nor a fragment' },
    ),
    clientId: z.string().min(1).max(256),
    /** Without it the client is a public one, which PKCE alone protects. */
    secret: secretReference.optional(),
    /** Named on the button of the log-in page. */
    name: z.string().trim().min(1).max(40).default('OpenID Connect'),
    /** Address of the dashboard as browsers see it; without it what each request says. */
    address: endpoint('https://nightglass.example.org').optional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, { error: 'must be a scope' }))
      .max(oidcBounds.scopes)
      .refine((asked) => asked.includes('openid'), { error: 'must contain "openid"' })
      .default(['openid', 'profile', 'email']),
    /** Claim with the groups: its name, or the way to it through objects. */
    groupsClaim: z.union([group, z.array(group).min(1).max(8)]).default('groups'),
    /** The first claim of these that is there names the person. */
    nameClaims: z.array(group).min(1).max(8).default(['preferred_username', 'email', 'name']),
    /** The first group of this list that somebody is in says what they may do; in none: nothing. */
    groups: z.array(groupConfig).min(1).max(oidcBounds.groups),
    /** How far the clocks of the two may be apart. */
    clockSkew: boundedDuration(...oidcBounds.clockSkew).prefault('30s'),
    timeout: boundedDuration(...oidcBounds.timeout).prefault('10s'),
    /** How often the provider is asked whether the groups are still the same. */
    recheck: boundedDuration(...oidcBounds.recheck).prefault('5m'),
    /** A session whose groups were not confirmed for so long ends. */
    confirmWithin: boundedDuration(...oidcBounds.confirmWithin).prefault('1h'),
    /** Who was not confirmed for so long gets nothing any more, on devices neither, until a sign-in. */
    confirmedFor: boundedDuration(...oidcBounds.confirmedFor).prefault('30d'),
    /** Whether who logs out here is logged out at the provider, too. */
    endSession: z.boolean().default(true),
    /** Certificates to trust in place of those of the machine, PEM. */
    ca: z.string().min(1).optional(),
  })
  .superRefine(({ groups, recheck, confirmWithin }, context) => {
    const seen = new Set<string>();
    for (const [index, { group: name }] of groups.entries()) {
      if (seen.has(name)) {
        const message = 'must be unique; this group stands above already';
        context.addIssue({ code: 'custom', path: ['groups', index, 'group'], message });
      }
      seen.add(name);
    }
    if (recheck > confirmWithin) {
      const message = 'must be no longer than "confirmWithin"';
      context.addIssue({ code: 'custom', path: ['recheck'], message });
    }
  });
