import { z } from 'zod';
import type { Principal } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  acceptLinkBody,
  openLinkBody,
  openLinkSchema,
  openSessionSchema,
  ownAccountSchema,
  passwordBody,
} from '../schemas/account.ts';
import { id } from '../schemas/values.ts';
import { assertPasswords } from './assert-passwords.ts';
import type { RouteContext } from './context.ts';
import { shownSession } from './shown-session.ts';

/** One's own account and sessions, and the links by which accounts get a password. */
export function accountRoutes(context: RouteContext): Route[] {
  const { authenticator, services } = context;
  const own = ({ id }: Principal) => services.accounts.list().find((each) => each.id === id);

  return [
    route({
      method: 'GET',
      path: '/api/account',
      role: 'viewer',
      summary: "One's own account; null for who asks with a token",
      answers: { 200: z.object({ account: ownAccountSchema.nullable() }) },
      handle({ principal }) {
        const found = own(principal);
        if (found === undefined) return { json: { account: null } };
        const { name, displayName, origin, hasPassword, createdAt, lastSeenAt } = found;
        const account = { name, displayName, origin, hasPassword, createdAt, lastSeenAt };
        return { json: { account } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/account/password',
      role: 'viewer',
      limit: 'login',
      summary: "Changes one's password; all sessions of the account end",
      body: passwordBody,
      answers: { 204: null },
      async handle({ principal, body, remote }) {
        const found = own(principal);
        if (found === undefined) throw new GatewayError('NOT_FOUND', 'Who asks has no account');
        const { id, name } = found;
        const { current, next } = body;
        await authenticator.withPassword({ name, browser: remote.browser }, remote.address, () =>
          services.accounts.changePassword(id, current, next),
        );
        authenticator.sessions.endOf(id);
        return { status: 204 };
      },
    }),
    ...ownSessionRoutes(context),
    ...linkRoutes(context),
  ];
}

function ownSessionRoutes({ authenticator }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/account/sessions',
      role: 'viewer',
      summary: "One's own open sessions, the last used first",
      answers: { 200: z.object({ sessions: z.array(openSessionSchema) }) },
      handle: ({ principal, session }) => ({
        json: {
          sessions: authenticator.sessions
            .list(principal.id)
            .map((each) => shownSession(each, session)),
        },
      }),
    }),
    route({
      method: 'DELETE',
      path: '/api/account/sessions/:id',
      role: 'viewer',
      summary: 'Ends a session of one’s own, with its sockets',
      params: z.object({ id }),
      answers: { 204: null },
      handle({ principal, params }) {
        if (authenticator.sessions.endById(params.id, principal.id)) return { status: 204 };
        throw new GatewayError('NOT_FOUND', 'There is no such session');
      },
    }),
  ];
}

function linkRoutes({ authenticator, services, signIn }: RouteContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/invitations/look',
      role: null,
      limit: 'login',
      summary: 'What a one-time link is for',
      body: openLinkBody,
      answers: { 200: openLinkSchema },
      handle: ({ body, remote }) =>
        authenticator.guessed(remote.address, () => {
          const link = services.accounts.openLink(body.secret);
          if (link === null) throw new GatewayError('NOT_FOUND', 'This link was used, or is over');
          const { name, displayName, kind, expiresAt } = link;
          return { json: { name, displayName, kind, expiresAt } };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/invitations/accept',
      role: null,
      limit: 'login',
      summary: 'Uses a one-time link: its account has this password from now on',
      body: acceptLinkBody,
      answers: { 204: null },
      handle: ({ body, remote }) =>
        authenticator.guessed(remote.address, async () => {
          assertPasswords(signIn);
          await services.accounts.acceptLink(body.secret, body.password);
          return { status: 204 as const };
        }),
    }),
  ];
}
