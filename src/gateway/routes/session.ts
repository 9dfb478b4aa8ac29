import type { z } from 'zod';
import { localPrincipal, type Principal } from '../../domain/principal.ts';
import type { Auditor } from '../access/auditor.ts';
import type { Begun } from '../access/authenticator.ts';
import { browserCookie, sessionCookie } from '../access/session-cookie.ts';
import type { Session } from '../access/sessions.ts';
import { type Route, route } from '../http/route.ts';
import { loginBody, passwordLoginBody, sessionSchema } from '../schemas/session.ts';
import type { RouteContext } from './context.ts';

/** Log in, log out, and who am I. */
export function sessionRoutes({
  authenticator,
  auditor,
  services,
  version,
}: RouteContext): Route[] {
  const show = (principal: Principal, session: Session | undefined) =>
    shownCaller({ authenticator, services, version }, principal, session);

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
        const begun = authenticator.login(body.token, remote);
        await recordStart(auditor, begun);
        return {
          json: show(begun.principal, begun.session),
          cookie: sessionCookie(begun.secret, remote.secure, remote.prefix),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/login/password',
      role: null,
      limit: 'login',
      summary: 'Begins a session of an account: sets the cookie, answers with the CSRF token',
      body: passwordLoginBody,
      answers: { 200: sessionSchema },
      async handle({ body, remote }) {
        const login = { ...body, browser: remote.browser };
        const begun = await authenticator.loginByPassword(login, remote);
        await recordStart(auditor, begun);
        return {
          json: show(begun.principal, begun.session),
          cookie: [
            sessionCookie(begun.secret, remote.secure, remote.prefix),
            browserCookie(begun.browser, remote.secure, remote.prefix),
          ],
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

/** Who asks, for themselves. */
function shownCaller(
  {
    authenticator,
    services,
    version,
  }: Pick<RouteContext, 'authenticator' | 'services' | 'version'>,
  principal: Principal,
  session: Session | undefined,
) {
  const { id, name, role, cameras, watchlists, scopes } = principal;
  const displayName = services.accounts.displayName(id);
  const kind: z.infer<typeof sessionSchema>['kind'] =
    displayName !== undefined ? 'account' : principal === localPrincipal ? 'visitor' : 'token';
  return {
    ...{ name, kind, displayName: displayName ?? name, role },
    cameras: cameras === '*' ? cameras : [...cameras],
    watchlists: watchlists === '*' ? watchlists : [...watchlists],
    scopes: [...scopes],
    open: authenticator.open,
    version,
    ...(session === undefined ? {} : { csrf: session.csrf, expiresAt: session.expiresAt }),
  } satisfies z.infer<typeof sessionSchema>;
}

/** Somebody has signed in, by whatever means. */
function recordStart(auditor: Auditor, { principal, session }: Begun): Promise<void> {
  const { address, by, id } = session;
  const detail = { address, role: principal.role, by, session: id };
  return auditor.attempt({
    ...{ who: principal.name, what: 'session.started', target: principal.id },
    detail,
  });
}
