import type { Principal } from '../../domain/principal.ts';
import { sessionCookie, stepCookie } from '../access/session-cookie.ts';
import type { Session } from '../access/sessions.ts';
import { type Route, route } from '../http/route.ts';
import {
  loggedOutSchema,
  loginBody,
  passwordLoginBody,
  secondStepSchema,
  sessionSchema,
} from '../schemas/session.ts';
import { assertPasswords } from './assert-passwords.ts';
import type { RouteContext } from './context.ts';
import { recordStart } from './record-start.ts';
import { shownCaller } from './shown-caller.ts';
import { accountCookies, shownStep } from './shown-step.ts';

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
      summary: 'Begins a session of an account, or asks for its second factor (202)',
      body: passwordLoginBody,
      answers: { 200: sessionSchema, 202: secondStepSchema },
      async handle({ body, remote }) {
        assertPasswords(signIn);
        const login = { ...body, browser: remote.browser };
        const begun = await authenticator.loginByPassword(login, remote);
        if ('ticket' in begun) {
          const cookie = stepCookie(begun.cookie, remote.secure, remote.prefix);
          return { status: 202, json: shownStep(begun), cookie };
        }
        await recordStart(auditor, begun);
        const cookie = accountCookies(begun, remote);
        return { json: show(begun.principal, begun.session), cookie };
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
