import { actorOf } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  addedFactorSchema,
  confirmedBody,
  confirmTotpBody,
  factorById,
  madeCodesSchema,
  ownFactorsSchema,
  totpEnrolmentSchema,
} from '../schemas/factor.ts';
import type { RouteContext } from './context.ts';
import { issuerOf } from './issuer-of.ts';
import { assertUnlimited } from './may-change.ts';
import { confirmPassword, endOthers, ownAccount } from './own-account.ts';
import { assertMayGrant } from './users.ts';

/** Second factors of one's own account, and for administrators those that somebody has lost. */
export function factorRoutes(context: RouteContext): Route[] {
  const { services } = context;
  const own = ownAccount(context);
  return [
    route({
      method: 'GET',
      path: '/api/account/factors',
      role: 'viewer',
      summary: "Second factors of one's own account",
      answers: { 200: ownFactorsSchema },
      handle({ principal }) {
        const { id, role } = own(principal);
        return {
          json: {
            factors: services.factors.list(id),
            recoveryCodes: services.factors.codesLeft(id),
            required: services.factors.isNeeded(role),
          },
        };
      },
    }),
    ...totpRoutes(context),
    ...removalRoutes(context),
  ];
}

function totpRoutes(context: RouteContext): Route[] {
  const { authenticator, services } = context;
  const own = ownAccount(context);
  return [
    route({
      method: 'POST',
      path: '/api/account/factors/totp',
      role: 'viewer',
      limit: 'login',
      summary: 'Begins to add an authenticator app; asks for the password once more',
      body: confirmedBody,
      answers: { 200: totpEnrolmentSchema },
      async handle({ principal, body, remote }) {
        const account = own(principal);
        await confirmPassword(context, account, body.password, remote);
        return { json: services.factors.totp.begin(account, issuerOf(remote.home)) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/account/factors/totp/confirm',
      role: 'viewer',
      limit: 'login',
      summary: 'Adds it, once a code of it is right; other sessions of the account end',
      body: confirmTotpBody,
      answers: { 201: addedFactorSchema },
      handle({ principal, body, session }) {
        const added = services.factors.totp.confirm(own(principal), body);
        endOthers(authenticator, principal, session);
        return { status: 201, json: added };
      },
    }),
  ];
}

function removalRoutes(context: RouteContext): Route[] {
  const { authenticator, services } = context;
  const own = ownAccount(context);
  return [
    route({
      method: 'POST',
      path: '/api/account/factors/:id/remove',
      role: 'viewer',
      limit: 'login',
      summary: 'Removes a second factor of one’s own; asks for the password once more',
      params: factorById,
      body: confirmedBody,
      answers: { 204: null },
      async handle({ principal, params, body, remote, session }) {
        const account = own(principal);
        await confirmPassword(context, account, body.password, remote);
        services.factors.remove(account, params.id);
        endOthers(authenticator, principal, session);
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/account/recovery-codes',
      role: 'viewer',
      limit: 'login',
      summary:
        'Makes new recovery codes in the place of those before; asks for the password once more',
      body: confirmedBody,
      answers: { 200: madeCodesSchema },
      async handle({ principal, body, remote }) {
        const account = own(principal);
        await confirmPassword(context, account, body.password, remote);
        return { json: { recoveryCodes: services.factors.makeCodes(account) } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/users/:id/factors',
      role: 'admin',
      summary: 'Takes all second factors of somebody else away, who has lost them; sessions end',
      params: factorById,
      answers: { 204: null },
      handle({ principal, params }) {
        assertUnlimited(principal, 'look after users');
        if (params.id === principal.id) {
          throw new GatewayError('FORBIDDEN', 'Remove your own second factors on your account');
        }
        // Together with a link for a new password it lets whoever does it sign in as them.
        assertMayGrant(principal, services.accounts.get(params.id).scopes);
        services.factors.reset(params.id, actorOf(principal));
        authenticator.sessions.endOf(params.id);
        return { status: 204 };
      },
    }),
  ];
}
