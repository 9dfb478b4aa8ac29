import { createRemoteJWKSet, errors, customFetch as fetchKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { CustomFetch } from 'openid-client';
import { oidcBounds } from '../../../domain/bounds.ts';
import { NightglassError } from '../../../domain/errors.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { providerFault } from './provider-fault.ts';

export interface LogoutTokensOptions {
  readonly provider: Pick<IdentityProvider, 'metadata'>;
  readonly issuer: string;
  readonly clientId: string;
  readonly clockSkewMs: number;
  readonly fetch: CustomFetch;
}

/** Whom the provider has logged out: a session of its own, or somebody with all of theirs. */
export interface LoggedOut {
  readonly sid: string | undefined;
  readonly subject: string | undefined;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';
/** Older tokens are of no use, and might be somebody's copy. */
const longestAgeS = 300;

/**
 * Reads what the provider sends when somebody logs out there (OpenID Connect Back-Channel Logout
 * 1.0, section 2.6): signature, issuer, audience, times, event, and that none comes twice.
 */
export class LogoutTokens {
  readonly #options: LogoutTokensOptions;
  readonly #seen = new LRUCache<string, true>({ max: oidcBounds.spent });
  #keys: { readonly uri: string; readonly find: ReturnType<typeof createRemoteJWKSet> } | undefined;

  constructor(options: LogoutTokensOptions) {
    this.#options = options;
  }

  /** @throws NightglassError `BAD_REQUEST` for one that does not hold, `OIDC_FAILED` without the keys */
  async read(token: string): Promise<LoggedOut> {
    const { clientId, clockSkewMs, provider } = this.#options;
    const { issuer: written, jwks_uri: uri } = await provider.metadata();
    if (uri === undefined) throw refused('the provider names no keys');
    const payload = await this.#verified(token, uri, {
      issuer: written,
      audience: clientId,
      clockTolerance: clockSkewMs / 1000,
      maxTokenAge: longestAgeS,
      requiredClaims: ['iat', 'jti', 'events'],
    });
    const { events, jti, nonce, sid, sub } = payload;
    const told = typeof events === 'object' && events !== null && Object.hasOwn(events, event);
    if (!told || nonce !== undefined) throw refused('it is no logout token');
    const session = typeof sid === 'string' ? sid : undefined;
    if (session === undefined && sub === undefined) throw refused('it names nobody');
    if (jti === undefined || this.#seen.has(jti)) throw refused('it came before');
    this.#seen.set(jti, true);
    return { sid: session, subject: sub };
  }

  async #verified(token: string, uri: string, checks: Parameters<typeof jwtVerify>[2]) {
    try {
      const { payload } = await jwtVerify(token, this.#keysAt(uri), checks);
      return payload;
    } catch (error) {
      const fetched = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout;
      if (fetched) throw providerFault(error, this.#options.issuer);
      throw refused(error.code);
    }
  }

  #keysAt(uri: string): ReturnType<typeof createRemoteJWKSet> {
    if (this.#keys?.uri === uri) return this.#keys.find;
    const find = createRemoteJWKSet(new URL(uri), {
      [fetchKey]: (url, { headers, method, signal }) =>
        this.#options.fetch(url, {
          ...{ method, signal, redirect: 'manual', body: undefined },
          headers: Object.fromEntries(new Headers(headers)),
        }),
    });
    this.#keys = { uri, find };
    return find;
  }
}

function refused(why: string): NightglassError {
  return new NightglassError('BAD_REQUEST', `Cannot take the logout token: ${why}`);
}
