import { z } from 'zod';
import { accountState } from '../../domain/account.ts';
import { actorOf, hasScope, type Principal, type Scope } from '../../domain/principal.ts';
import type { FactorKind } from '../../domain/second-factor.ts';
import type { AccountView } from '../../services/access/account-contract.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  invitedSchema,
  linkSchema,
  newUserBody,
  openSessionSchema,
  userPatch,
  userSchema,
} from '../schemas/account.ts';
import { id } from '../schemas/values.ts';
import { assertPasswords } from './assert-passwords.ts';
import type { RouteContext } from './context.ts';
import { assertUnlimited } from './may-change.ts';
import { shownSession } from './shown-session.ts';

const byId = z.object({ id });
const what = 'look after users';

/** Accounts of people, for administrators of all cameras and lists. */
export function userRoutes(context: RouteContext): Route[] {
  const { authenticator, services } = context;
  return [
    route({
      method: 'GET',
      path: '/api/users',
      role: 'admin',
      summary: 'Accounts of people',
      answers: { 200: z.object({ users: z.array(userSchema) }) },
      handle({ principal }) {
        assertUnlimited(principal, what);
        const open = Map.groupBy(authenticator.sessions.list(), ({ principalId }) => principalId);
        const kinds = services.factors.kinds();
        const users = services.accounts.list().map((account) => {
          const { id } = account;
          return shownUser(account, open.get(id)?.length ?? 0, kinds.get(id) ?? []);
        });
        return { json: { users } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/users',
      role: 'admin',
      summary: 'Invites somebody: an account, and a one-time link to choose a password with',
      body: newUserBody,
      answers: { 201: invitedSchema },
      handle({ principal, body }) {
        assertUnlimited(principal, what);
        assertPasswords(context.signIn);
        assertMayGrant(principal, body.scopes ?? []);
        const { account, secret, kind, expiresAt } = services.accounts.invite(
          body,
          actorOf(principal),
        );
        return {
          status: 201,
          json: { user: userNow(context, account.id), link: { secret, kind, expiresAt } },
        };
      },
    }),
    ...changeRoutes(context),
    ...sessionRoutesOfOthers(context),
  ];
}

/** An account as it is now. @throws GatewayError `NOT_FOUND` */
function userNow({ authenticator, services }: RouteContext, id: string) {
  const account = services.accounts.list().find((each) => each.id === id);
  if (account === undefined) throw new GatewayError('NOT_FOUND', `There is no account ${id}`);
  const kinds = services.factors.kinds().get(id) ?? [];
  return shownUser(account, authenticator.sessions.list(id).length, kinds);
}

function changeRoutes(context: RouteContext): Route[] {
  const { authenticator, services } = context;
  return [
    route({
      method: 'PATCH',
      path: '/api/users/:id',
      role: 'admin',
      summary: 'Changes what somebody may do, or disables the account; at once',
      params: byId,
      body: userPatch,
      answers: { 200: userSchema },
      handle({ principal, params, body }) {
        assertUnlimited(principal, what);
        const held = services.accounts.get(params.id).scopes;
        assertMayGrant(principal, body.scopes?.filter((scope) => !held.includes(scope)) ?? []);
        services.accounts.change(params.id, body, actorOf(principal));
        if (body.disabled === true) authenticator.sessions.endOf(params.id);
        return { json: userNow(context, params.id) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/users/:id',
      role: 'admin',
      summary: 'Removes an account; its login name alone is kept, and given to nobody again',
      params: byId,
      answers: { 204: null },
      handle({ principal, params }) {
        assertUnlimited(principal, what);
        services.accounts.remove(params.id, actorOf(principal));
        authenticator.sessions.endOf(params.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/users/:id/link',
      role: 'admin',
      summary: 'Makes a new link: invites again, or takes the password away for a new one',
      params: byId,
      answers: { 201: linkSchema },
      handle({ principal, params }) {
        assertUnlimited(principal, what);
        assertPasswords(context.signIn);
        // Whoever has the link may sign in as them.
        assertMayGrant(principal, services.accounts.get(params.id).scopes);
        const link = services.accounts.link(params.id, actorOf(principal));
        authenticator.sessions.endOf(params.id);
        return { status: 201, json: link };
      },
    }),
  ];
}

function sessionRoutesOfOthers({ authenticator, auditor }: RouteContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/sessions',
      role: 'admin',
      summary: 'Open sessions of everybody, the last used first',
      answers: { 200: z.object({ sessions: z.array(openSessionSchema) }) },
      handle({ principal, session }) {
        assertUnlimited(principal, what);
        return {
          json: {
            sessions: authenticator.sessions.list().map((each) => shownSession(each, session)),
          },
        };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions/:id',
      role: 'admin',
      summary: "Ends somebody's session, with its sockets",
      params: byId,
      answers: { 204: null },
      async handle({ principal, params }) {
        assertUnlimited(principal, what);
        const found = authenticator.sessions.list().find((each) => each.id === params.id);
        if (found === undefined) throw new GatewayError('NOT_FOUND', 'There is no such session');
        const detail = { name: found.name, session: found.id };
        const target = found.principalId;
        await auditor.required({ ...actorEntry(principal), target, detail });
        authenticator.sessions.endById(params.id);
        return { status: 204 };
      },
    }),
  ];
}

function actorEntry({ name: who }: Principal) {
  return { who, what: 'account.sessions_ended' } as const;
}

function shownUser(
  account: AccountView,
  sessions: number,
  secondFactors: FactorKind[],
): z.infer<typeof userSchema> {
  const { issuer, subject, hasPassword, credentials, disabledAt, ...others } = account;
  const { confirmedAt, unconfirmedAt, ...rest } = others;
  return {
    ...rest,
    cameras: rest.cameras === '*' ? '*' : [...rest.cameras],
    watchlists: rest.watchlists === '*' ? '*' : [...rest.watchlists],
    scopes: [...rest.scopes],
    state: accountState(account),
    ...{ sessions, secondFactors },
  };
}

/** Nobody gives away a right beside the roles that they do not hold. @throws GatewayError `FORBIDDEN` */
export function assertMayGrant(principal: Principal, scopes: readonly Scope[]): void {
  const missing = scopes.find((scope) => !hasScope(principal, scope));
  if (missing === undefined) return;
  throw new GatewayError('FORBIDDEN', `Cannot give the right ${missing}: you do not hold it`);
}
