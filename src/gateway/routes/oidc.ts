import { isNightglassError } from '../../domain/errors.ts';
import { logKind } from '../../domain/log.ts';
import { passkeyFault } from '../../domain/passkey-place.ts';
import { type SignInFault, SignInRefused } from '../../domain/sign-in-fault.ts';
import type { OidcService } from '../../services/access/oidc/oidc-sign-in.ts';
import { networkOf } from '../access/client-address.ts';
import { sessionCookie } from '../access/session-cookie.ts';
import { signInCookie } from '../access/sign-in-cookie.ts';
import type { GatewaySignIn } from '../contract/gateway-sign-in.ts';
import { GatewayError, type WireErrorCode } from '../contract/wire-error.ts';
import { type Answer, type Route, type RouteRequest, route } from '../http/route.ts';
import { logoutTokenBody, providerAnswer, signInQuery, waysToSignIn } from '../schemas/oidc.ts';
import type { RouteContext } from './context.ts';
import { recordStart } from './record-start.ts';

type Remote = RouteRequest<0, 0, 0>['remote'];

/** Codes that the audit log gives to who was not let in. */
const codes: Readonly<Record<SignInFault, WireErrorCode>> = {
  provider: 'OIDC_FAILED',
  refused: 'FORBIDDEN',
  no_access: 'FORBIDDEN',
  disabled: 'FORBIDDEN',
  expired: 'UNAUTHENTICATED',
  busy: 'BUSY',
  failed: 'INTERNAL',
};

/** Single sign-on: to the provider and back. */
export function oidcRoutes(context: RouteContext): Route[] {
  const { signIn } = context;
  return [
    route({
      method: 'GET',
      path: '/api/login',
      role: null,
      summary: 'Ways to sign in beside a token',
      answers: { 200: waysToSignIn },
      handle: ({ remote }) => ({
        json: {
          passwords: signIn.passwords,
          oidc: signIn.oidc === undefined ? null : { name: signIn.oidc.label },
          passkeys: {
            known: signIn.passwords && context.services.factors.passkeys.exist,
            fault: passkeyFault(remote.origin),
          },
        },
      }),
    }),
    ...wayRoutes(context),
    route({
      method: 'POST',
      path: '/api/oidc/backchannel-logout',
      role: null,
      form: true,
      summary: 'For the identity provider: somebody has logged out there',
      body: logoutTokenBody,
      answers: { 204: null },
      async handle({ body, remote }) {
        try {
          await existing(signIn).loggedOut(body.logout_token, networkOf(remote.address));
        } catch (error) {
          if (error instanceof SignInRefused) throw new GatewayError('BUSY', error.message);
          throw error;
        }
        return { status: 204 };
      },
    }),
  ];
}

/** What browsers walk along. */
function wayRoutes(context: RouteContext): Route[] {
  const { signIn } = context;
  return [
    route({
      method: 'GET',
      path: '/api/oidc/login',
      role: null,
      limit: 'login',
      summary: 'Sends the browser to the identity provider',
      query: signInQuery,
      answers: { 302: null },
      async handle({ query, remote }) {
        const service = existing(signIn);
        try {
          const { url, cookie } = await service.begin({
            home: remote.home,
            another: query.another === 'yes',
            network: networkOf(remote.address),
          });
          return { redirect: url, cookie: [signInCookie(cookie, remote.secure, remote.prefix)] };
        } catch (error) {
          return turnAway(context, error, remote, 'GET /api/oidc/login');
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/oidc/callback',
      role: null,
      limit: 'login',
      summary: 'Takes the browser back from the identity provider, and begins a session',
      query: providerAnswer,
      answers: { 302: null },
      async handle({ query, remote }) {
        const service = existing(signIn);
        try {
          const secret = await enter(context, service, new URLSearchParams(query), remote);
          return {
            redirect: `${remote.prefix}/`,
            cookie: [
              signInCookie(null, remote.secure, remote.prefix),
              sessionCookie(secret, remote.secure, remote.prefix),
            ],
          };
        } catch (error) {
          return turnAway(context, error, remote, 'GET /api/oidc/callback');
        }
      },
    }),
  ];
}

/** Begins the session of somebody who came back. @returns its secret */
async function enter(
  { access, auditor, authenticator }: RouteContext,
  service: OidcService,
  answer: URLSearchParams,
  remote: Remote,
): Promise<string> {
  const entrant = await service.complete(answer, remote.signIn, networkOf(remote.address));
  const holder = access.find(entrant.id);
  if (holder === null) throw new SignInRefused('disabled', 'The account is not in force');
  const begun = authenticator.begin(holder, { ...remote, by: 'oidc' });
  entrant.watch(begun.session.id);
  await recordStart(auditor, begun);
  return begun.secret;
}

/** Back to the page, which says why by the word in its address. */
function turnAway(
  { auditor, log }: RouteContext,
  error: unknown,
  { address, prefix, secure }: Remote,
  place: string,
): Answer {
  const fault = faultOf(error);
  if (fault === 'failed') log.error({ err: error }, 'Cannot sign somebody in by the provider');
  else {
    const reason = error instanceof Error ? error.message : undefined;
    log.warn(
      { [logKind]: `sign-in refused: ${fault}`, fault, reason },
      'Somebody was not signed in by the provider',
    );
  }
  const named = error instanceof SignInRefused ? error.who : undefined;
  auditor.denied({
    ...{ who: undefined, address, code: codes[fault], place },
    detail: { fault, ...(named === undefined ? {} : { named }) },
  });
  return {
    redirect: `${prefix}/?sign-in=${fault}`,
    // A page that sends a browser here with something made up ends no sign-in that is under way.
    cookie: fault === 'expired' ? [] : [signInCookie(null, secure, prefix)],
  };
}

function existing({ oidc }: GatewaySignIn): OidcService {
  if (oidc !== undefined) return oidc;
  throw new GatewayError('NOT_FOUND', 'There is no identity provider here');
}

function faultOf(error: unknown): SignInFault {
  if (error instanceof SignInRefused) return error.fault;
  if (isNightglassError(error, 'OIDC_FAILED')) return 'provider';
  if (error instanceof GatewayError && error.code === 'TOO_MANY_REQUESTS') return 'busy';
  return 'failed';
}
