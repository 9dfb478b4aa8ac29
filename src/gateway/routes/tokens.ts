import { z } from 'zod';
import { dayMs } from '../../domain/bounds.ts';
import { actorOf } from '../../domain/principal.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { type Route, route } from '../http/route.ts';
import { madeTokenSchema, newTokenBody, tokenSchema } from '../schemas/account.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';
import { assertMayGrant } from './users.ts';

const what = 'look after tokens';

/** Tokens of programs, for administrators of all cameras and lists. */
export function tokenRoutes({ authenticator, clock, services }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/tokens',
      role: 'admin',
      summary: 'Tokens, without their secrets',
      answers: { 200: z.object({ tokens: z.array(tokenSchema) }) },
      handle({ principal }) {
        assertUnlimited(principal, what);
        return { json: { tokens: services.tokens.list().map(shownToken) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/tokens',
      role: 'admin',
      summary: 'Makes a token; its secret is in this answer alone',
      body: newTokenBody,
      answers: { 201: madeTokenSchema },
      handle({ principal, body }) {
        assertUnlimited(principal, what);
        const { days, for: person, ...input } = body;
        assertMayGrant(principal, input.scopes ?? []);
        const { token, secret } = services.tokens.create(
          {
            ...input,
            expiresAt: days === undefined ? null : clock.now() + days * dayMs,
            people: person === undefined || person === '' ? [] : [person],
          },
          actorOf(principal),
        );
        return { status: 201, json: { token: shownToken(token), secret } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/tokens/:id',
      role: 'admin',
      summary: 'Refuses a token from now on; its sessions end',
      params: z.object({ id }),
      answers: { 204: null },
      handle({ principal, params }) {
        assertUnlimited(principal, what);
        services.tokens.revoke(params.id, actorOf(principal));
        authenticator.sessions.endOf(params.id);
        return { status: 204 };
      },
    }),
  ];
}

type TokenRecord = ReturnType<GatewayServices['tokens']['list']>[number];

function shownToken(token: TokenRecord): z.infer<typeof tokenSchema> {
  const { cameras, watchlists, scopes, people, ...rest } = token;
  return {
    ...rest,
    cameras: cameras === '*' ? '*' : [...cameras],
    watchlists: watchlists === '*' ? '*' : [...watchlists],
    scopes: [...scopes],
    people: [...people],
  };
}
