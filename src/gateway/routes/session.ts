import type { z } from 'zod';
import { localPrincipal, type Principal } from '../../domain/principal.ts';
import { browserCookie, sessionCookie } from '../access/session-cookie.ts';
import type { Session } from '../access/sessions.ts';
import { type Route, route } from '../http/route.ts';
import {
  loggedOutSchema,
  loginBody,
  passwordLoginBody,
  sessionSchema,
} from '../schemas/session.ts';
import { assertPasswords } from './assert-passwords.ts';
import type { RouteContext } from './context.ts';
import { recordStart } from './record-start.ts';

/** Log in, log out, and who am I. */
export function sessionRoutes({
  authenticator,
  auditor,
  log,
  services,
  signIn,
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
        assertPasswords(signIn);
        const login = { ...body, browser: remote.browser };
        const begun = await authenticator.loginByPassword(login, remote);
        await recordStart(auditor, begun);
        return { json: show(begun.principal, begun.session), cookie: cookiesOf(begun, remote) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/logout',
      role: 'viewer',
      summary: 'Ends the session of the cookie, with its sockets',
      answers: { 200: loggedOutSchema, 204: null },
      async handle({ session, remote }) {
        const cookie = sessionCookie(null, remote.secure, remote.prefix);
        if (session === undefined) return { status: 204, cookie };
        const address = signIn.oidc?.logoutAddress(session.id, remote.home);
        authenticator.sessions.end(session, 'logout');
        const goOn = await address?.catch((error: unknown) => {
          log.warn({ err: error }, 'Cannot log out at the identity provider');
          return undefined;
        });
        return goOn === undefined ? { status: 204, cookie } : { json: { goOn }, cookie };
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

/** Of a session that a password began; the browser keeps what it has where there is nothing new. */
function cookiesOf(
  { browser, secret }: { readonly browser: string | undefined; readonly secret: string },
  { prefix, secure }: { readonly prefix: string; readonly secure: boolean },
): string[] {
  const session = sessionCookie(secret, secure, prefix);
  return browser === undefined ? [session] : [session, browserCookie(browser, secure, prefix)];
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
