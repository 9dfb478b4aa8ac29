import type { TestContext } from 'node:test';
import type { CustomFetchOptions } from 'openid-client';
import { type Clock, systemClock } from '../../../src/domain/clock.ts';
import { silentLog } from '../../../src/domain/log.ts';
import type { Subject } from '../../../src/services/access/oidc/account-of-subject.ts';
import type { GroupRights } from '../../../src/services/access/oidc/group-rights.ts';
import { guardedFetch } from '../../../src/services/access/oidc/guarded-fetch.ts';
import { IdentityProvider } from '../../../src/services/access/oidc/identity-provider.ts';
import { LogoutTokens } from '../../../src/services/access/oidc/logout-tokens.ts';
import {
  OidcSignIn,
  type OidcSignInOptions,
} from '../../../src/services/access/oidc/oidc-sign-in.ts';
import type { ProviderEnd } from '../../../src/services/access/oidc/watched-sessions.ts';
import { clientId, clientSecret } from './provider-in-test.ts';

export const home = 'http://127.0.0.1:8480/site/';
export const network = '192.0.2.7';
export const visitor = { home, network, another: false };

export const mapping: readonly GroupRights[] = [
  { group: 'admins', role: 'admin', cameras: '*', watchlists: '*', scopes: ['embeddings:read'] },
  { group: 'desk', role: 'operator', cameras: ['door'], watchlists: ['banned'], scopes: [] },
];

/** Single sign-on at a provider, with accounts that are noted as they enter. */
export function signInSetup(
  t: Pick<TestContext, 'after'>,
  issuer: string,
  options: {
    readonly clock?: Clock;
    readonly secret?: string;
    readonly clientId?: string;
    readonly ca?: string;
    readonly timeoutMs?: number;
    readonly clockSkewMs?: number;
    readonly scopes?: readonly string[];
    readonly disabled?: ReadonlySet<string>;
    /** In place of noting who enters. */
    readonly enter?: OidcSignInOptions['enter'];
    /** Beside noting who is no longer stood for. */
    readonly leave?: OidcSignInOptions['leave'];
    /** Called with the path of each answer of the provider, before anybody looks at it. */
    readonly onAnswer?: (path: string) => void;
  } = {},
) {
  const { clock = systemClock, ca, clockSkewMs = 30_000, disabled = new Set() } = options;
  const entered: Subject[] = [];
  const ended: [session: string, why: ProviderEnd][] = [];
  const left: [subject: string, why: string][] = [];
  const warnings: string[] = [];
  const groupsClaim = 'groups';
  const fetchIt = guardedFetch({
    addresses: async () => ['127.0.0.1'],
    timeoutMs: options.timeoutMs ?? 30_000,
    clock: systemClock,
    ...(ca === undefined ? {} : { ca }),
  });
  const asClient = {
    issuer,
    clientId: options.clientId ?? clientId,
    clockSkewMs,
    fetch: async (url: string, request: CustomFetchOptions) => {
      const answer = await fetchIt(url, request);
      options.onAnswer?.(new URL(url).pathname);
      return answer;
    },
  };
  const provider = new IdentityProvider({
    ...asClient,
    secret: options.secret ?? clientSecret,
    scopes: options.scopes ?? ['openid', 'profile', 'email'],
    groupsClaim,
    clock,
  });
  const signIn = new OidcSignIn({
    provider,
    logoutTokens: new LogoutTokens({ ...asClient, provider }),
    clock,
    log: { ...silentLog, warn: (_details, message) => warnings.push(message) },
    label: 'Site',
    groups: mapping,
    groupsClaim,
    nameClaims: ['preferred_username', 'email', 'name'],
    recheckMs: 300_000,
    confirmWithinMs: 3_600_000,
    endSession: true,
    leave(who, why) {
      left.push([who.subject, why]);
      options.leave?.(who, why);
    },
    enter(subject, entering) {
      entered.push(subject);
      if (options.enter !== undefined) return options.enter(subject, entering);
      return disabled.has(subject.subject) ? undefined : { id: `id of ${subject.subject}` };
    },
  });
  signIn.onEnd((session, why) => ended.push([session, why]));
  t.after(() => signIn.close());
  return { signIn, entered, ended, left, warnings };
}
