import { readSecret } from '../config/secret.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { guardedFetch } from '../services/access/oidc/guarded-fetch.ts';
import { IdentityProvider } from '../services/access/oidc/identity-provider.ts';
import { LogoutTokens } from '../services/access/oidc/logout-tokens.ts';
import { OidcSignIn, type OidcSignInOptions } from '../services/access/oidc/oidc-sign-in.ts';
import { targetRules } from '../services/cameras/target-rules.ts';
import type { Foundation } from './foundation.ts';
import { trusted } from './receiver-reading.ts';

/**
 * Single sign-on as it is configured; undefined where it is not. The provider is asked for nothing
 * before somebody wants to sign in, so one that is down does not stop the start.
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID`
 */
export function openOidc(
  { baseDir, clock, config, env, log, resources }: Foundation,
  accounts: Pick<OidcSignInOptions, 'enter' | 'leave'>,
): OidcSignIn | undefined {
  const { oidc } = config.access;
  if (oidc === undefined) return undefined;
  const { clientId, groupsClaim, issuer } = oidc;
  const rules = targetRules(config.cameraTargets.refuse);
  const asClient = {
    issuer,
    clientId,
    clockSkewMs: oidc.clockSkew,
    fetch: guardedFetch({
      addresses: (host) => rules.addresses(host).catch(refusedProvider),
      timeoutMs: oidc.timeout,
      clock,
      ...trusted(oidc.ca, 'access.oidc', baseDir),
    }),
  };
  const provider = new IdentityProvider({
    ...asClient,
    ...{ groupsClaim, clock, scopes: oidc.scopes },
    secret: oidc.secret && readSecret(oidc.secret, 'access.oidc.secret', baseDir, env),
  });
  return resources.use(
    new OidcSignIn({
      ...{ provider, clock, log, ...accounts, groupsClaim, label: oidc.name },
      logoutTokens: new LogoutTokens({ ...asClient, provider }),
      groups: oidc.groups,
      nameClaims: oidc.nameClaims,
      recheckMs: oidc.recheck,
      confirmWithinMs: oidc.confirmWithin,
      endSession: oidc.endSession,
    }),
  );
}

/** In the words of this place. */
function refusedProvider(error: unknown): never {
  if (!isNightglassError(error, 'FORBIDDEN')) throw error;
  throw new NightglassError('FORBIDDEN', 'its address is refused (cameraTargets.refuse)');
}
