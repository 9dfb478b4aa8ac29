import type { z } from 'zod';
import type { Principal } from '../../domain/principal.ts';
import { sessionCookie } from '../access/session-cookie.ts';
import type { Session } from '../access/sessions.ts';
import { type Route, route } from '../http/route.ts';
import { loginBody, sessionSchema } from '../schemas/session.ts';
import type { RouteContext } from './context.ts';

/** Log in, log out, and who am I. */
export function sessionRoutes({ authenticator, auditor, version }: RouteContext): Route[] {
  const show = (principal: Principal, session: Session | undefined) => {
    const { name, role, cameras, watchlists, scopes } = principal;
    return {
      name,
      role,
      cameras: cameras === '*' ? cameras : [...cameras],
      watchlists: watchlists === '*' ? watchlists : [...watchlists],
      scopes: [...scopes],
      open: authenticator.open,
      version,
      ...(session === undefined ? {} : { csrf: session.csrf, expiresAt: session.expiresAt }),
    } satisfies z.infer<typeof sessionSchema>;
  };

  return [
    route({
      method: 'POST',
      path: '/api/login',
      role: null,
      limit: 'login',
      summary: 'Begins a session: sets the cookie, answers with the CSRF token',
      body: loginBody,
      answers: { 200: sessionSchema },
      async handle({ body, remote }) {
        const { principal, session, secret } = authenticator.login(body.token, remote.address);
        await auditor.attempt({
          who: principal.name,
          what: 'session.started',
          target: principal.id,
          detail: { address: remote.address, role: principal.role },
        });
        return {
          json: show(principal, session),
          cookie: sessionCookie(secret, remote.secure, remote.prefix),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/logout',
      role: 'viewer',
      summary: 'Ends the session of the cookie, with its sockets',
      answers: { 204: null },
      handle({ session, remote }) {
        if (session !== undefined) authenticator.sessions.end(session, 'logout');
        return { status: 204, cookie: sessionCookie(null, remote.secure, remote.prefix) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/session',
      role: 'viewer',
      summary: 'Who the token or the session belongs to',
      answers: { 200: sessionSchema },
      handle: ({ principal, session }) => ({ json: show(principal, session) }),
    }),
  ];
}
