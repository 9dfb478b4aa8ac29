import { randomBytes } from 'node:crypto';
import { passkeyPlace } from '../../domain/passkey-place.ts';
import type { Principal } from '../../domain/principal.ts';
import { stepCookie } from '../access/session-cookie.ts';
import type { Session } from '../access/sessions.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { addedFactorSchema } from '../schemas/factor.ts';
import {
  beginPasskeyBody,
  confirmPasskeyBody,
  firstPasskeyBody,
  passkeyCreationSchema,
  passkeyLoginBody,
  passkeyRequestSchema,
} from '../schemas/passkey.ts';
import { enrolBody, enrolledSessionSchema, sessionSchema } from '../schemas/session.ts';
import { assertPasswords } from './assert-passwords.ts';
import { beginSession, stepAsked } from './begin-session.ts';
import type { RouteContext } from './context.ts';
import { issuerOf } from './issuer-of.ts';
import { confirmPassword, endOthers, ownAccount } from './own-account.ts';
import { passkeyRefused } from './passkey-refused.ts';

/** Passkeys: signing in with nothing else, with one after the password, and adding them. */
export function passkeyRoutes(context: RouteContext): Route[] {
  return [...aloneRoutes(context), ...ownRoutes(context), ...stepRoutes(context)];
}

/** Nobody has said who they are: the passkey does. */
function aloneRoutes(context: RouteContext): Route[] {
  const { access, authenticator, services, signIn } = context;
  return [
    route({
      method: 'POST',
      path: '/api/login/passkey',
      role: null,
      limit: 'login',
      summary: 'Begins a sign-in by passkey alone, in this browser',
      answers: { 200: passkeyRequestSchema },
      handle({ remote }) {
        assertPasswords(signIn);
        const place = passkeyPlace(remote.origin);
        // Another sign-in may be under way here.
        const holder = remote.step ?? randomBytes(32).toString('base64url');
        const cookie = stepCookie(holder, remote.secure, remote.prefix);
        return { json: services.factors.passkeys.ask({ place, holder }), cookie };
      },
    }),
    route({
      method: 'POST',
      path: '/api/login/passkey/confirm',
      role: null,
      limit: 'login',
      summary: 'Takes the passkey, begins the session of its account',
      body: passkeyLoginBody,
      answers: { 200: sessionSchema },
      async handle({ body, remote }) {
        assertPasswords(signIn);
        const place = passkeyPlace(remote.origin);
        const { address, step = '' } = remote;
        const holder = await authenticator.guessed(
          address,
          async () => {
            const used = await services.factors.passkeys.use(body.passkey, { place, holder: step });
            const found = used.fault === null ? access.find(used.account.id) : null;
            if (found !== null) return found;
            throw await passkeyRefused(context, used, { address, by: 'passkey' });
          },
          'UNAUTHENTICATED',
        );
        const { session, cookie } = await beginSession(context, holder, 'passkey', remote);
        return { json: session, cookie };
      },
    }),
  ];
}

function ownRoutes(context: RouteContext): Route[] {
  const { authenticator, services } = context;
  const own = ownAccount(context);
  return [
    route({
      method: 'POST',
      path: '/api/account/factors/passkey',
      role: 'viewer',
      limit: 'login',
      summary: 'Begins to add a passkey; asks for the password once more',
      body: beginPasskeyBody,
      answers: { 200: passkeyCreationSchema },
      async handle({ principal, body, remote, session }) {
        const account = own(principal);
        const place = passkeyPlace(remote.origin);
        await confirmPassword(context, account, body.password, remote);
        const holder = holderOf(principal, session);
        const label = issuerOf(remote.home);
        return { json: services.factors.passkeys.begin(account, place, holder, label) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/account/factors/passkey/confirm',
      role: 'viewer',
      limit: 'login',
      summary: 'Adds it; other sessions of the account end',
      body: confirmPasskeyBody,
      answers: { 201: addedFactorSchema },
      async handle({ principal, body, remote, session }) {
        const made = { place: passkeyPlace(remote.origin), holder: holderOf(principal, session) };
        const added = await services.factors.passkeys.confirm(own(principal), body, made);
        endOthers(authenticator, principal, session);
        return { status: 201, json: added };
      },
    }),
  ];
}

/** After the password, before a session: see the second step. */
function stepRoutes(context: RouteContext): Route[] {
  const { authenticator, services, signIn } = context;
  return [
    route({
      method: 'POST',
      path: '/api/login/second/passkey',
      role: null,
      limit: 'login',
      summary: 'Asks for a passkey as the second factor of a sign-in; `/api/login/second` takes it',
      body: enrolBody,
      answers: { 200: passkeyRequestSchema },
      handle: ({ body: { ticket }, remote }) =>
        authenticator.guessed(remote.address, () => {
          assertPasswords(signIn);
          const step = authenticator.secondSteps.find(stepAsked(ticket, remote), 'second');
          const { id: accountId } = step.holder.principal;
          const place = passkeyPlace(remote.origin);
          return { json: services.factors.passkeys.ask({ place, accountId, holder: ticket }) };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/login/enrol/passkey',
      role: null,
      limit: 'login',
      summary: 'Begins to add the passkey that an account must have before it signs in',
      body: enrolBody,
      answers: { 200: passkeyCreationSchema },
      handle: ({ body: { ticket }, remote }) =>
        authenticator.guessed(remote.address, () => {
          assertPasswords(signIn);
          const step = authenticator.secondSteps.find(stepAsked(ticket, remote), 'enrol');
          const account = services.factors.account(step.holder.principal.id);
          const place = passkeyPlace(remote.origin);
          const label = issuerOf(remote.home);
          return { json: services.factors.passkeys.begin(account, place, ticket, label) };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/login/enrol/passkey/confirm',
      role: null,
      limit: 'login',
      summary: 'Adds it, answers with recovery codes, begins the session',
      body: firstPasskeyBody,
      answers: { 200: enrolledSessionSchema },
      async handle({ body, remote }) {
        assertPasswords(signIn);
        const { ticket, ...asked } = body;
        const made = { place: passkeyPlace(remote.origin), holder: ticket };
        const { added, holder } = await authenticator.guessed(remote.address, () =>
          authenticator.secondSteps.attempt(stepAsked(ticket, remote), 'enrol', async (step) => {
            const account = services.factors.account(step.holder.principal.id);
            const added = await services.factors.passkeys.confirm(account, asked, made, true);
            return { holder: step.holder, added };
          }),
        );
        const { session, cookie } = await beginSession(context, holder, 'password+passkey', remote);
        return { json: { session, recoveryCodes: added.recoveryCodes ?? [] }, cookie };
      },
    }),
  ];
}

/** Whoever has shown the password is who goes on. @throws GatewayError `FORBIDDEN` without a session */
function holderOf({ id }: Principal, session: Session | undefined): string {
  if (session !== undefined) return `${id} ${session.id}`;
  throw new GatewayError('FORBIDDEN', 'A passkey is added in a session of its account');
}
