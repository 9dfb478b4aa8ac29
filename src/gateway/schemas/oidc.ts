import { z } from 'zod';
import { oidcBounds } from '../../domain/bounds.ts';

export const waysToSignIn = z.object({
  passwords: z.boolean().describe('Whether accounts sign in with a password'),
  oidc: z
    .object({ name: z.string() })
    .nullable()
    .describe('The identity provider: a browser goes to `/api/oidc/login`'),
  passkeys: z
    .object({
      known: z.boolean().describe('Whether any account has one'),
      fault: z
        .enum(['insecure', 'address'])
        .nullable()
        .describe(
          'Why none can be used at this address: plain HTTP, or an IP address instead of a name',
        ),
    })
    .describe('Passkeys of accounts'),
});

export const signInQuery = z.object({
  another: z.literal('yes').optional().describe('The provider asks who it is, once more'),
});

/** What a provider sends back by the browser; further parameters are its own affair. */
export const providerAnswer = z
  .record(z.string().max(100), z.string().max(8_192))
  .refine((answer) => Object.keys(answer).length <= 20, { error: 'too many parameters' });

export const logoutTokenBody = z.object({
  logout_token: z.string().min(1).max(oidcBounds.tokenBytes),
});
