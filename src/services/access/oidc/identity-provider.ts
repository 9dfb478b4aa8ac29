import * as client from 'openid-client';
import { oidcBounds } from '../../../domain/bounds.ts';
import type { Clock } from '../../../domain/clock.ts';
import { SignInRefused } from '../../../domain/sign-in-fault.ts';
import { type Claims, groupsIn } from './group-rights.ts';
import { providerFault } from './provider-fault.ts';
import type { Ticket } from './sign-in-ticket.ts';

export interface IdentityProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly secret: string | undefined;
  readonly scopes: readonly string[];
  readonly groupsClaim: string | readonly string[];
  readonly clockSkewMs: number;
  readonly fetch: client.CustomFetch;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** What the provider says of somebody, and what it takes to ask again. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Of the ID token, with those of the user info endpoint where that was asked for the groups. */
  readonly claims: Claims;
  readonly idToken: string;
  /** The provider's own session, where it names one. */
  readonly sid: string | undefined;
  readonly refreshToken: string | undefined;
}

/** A renewed identity: the provider need not send an ID token with it. */
export type RenewedIdentity = Omit<Identity, 'idToken' | 'sid'> & {
  readonly idToken: string | undefined;
};

/**
 * The one OpenID Connect provider. What it says of itself is asked for when it is first needed and
 * kept for an hour; one that is down harms nobody but those who come by it.
 */
export class IdentityProvider {
  readonly #options: IdentityProviderOptions;
  #known: { readonly configuration: client.Configuration; readonly at: number } | undefined;
  #asking: Promise<client.Configuration> | undefined;

  constructor(options: IdentityProviderOptions) {
    this.#options = options;
  }

  /**
   * Where to send a browser, and what must hold when it returns.
   * @param another whether whoever is signed in there is asked who they are
   * @throws NightglassError `OIDC_FAILED`
   */
  async begin(
    home: string,
    another = false,
  ): Promise<{ readonly url: URL; readonly ticket: Ticket }> {
    return this.#speak(async (configuration) => {
      const verifier = client.randomPKCECodeVerifier();
      const ticket = {
        ...{ state: client.randomState(), nonce: client.randomNonce() },
        ...{ verifier, home },
      };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectOf(home),
        scope: this.#options.scopes.join(' '),
        state: ticket.state,
        nonce: ticket.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(another ? { prompt: 'login' } : {}),
      });
      return { url, ticket };
    });
  }

  /**
   * Exchanges what a browser returned with: state, issuer, code, nonce, PKCE, times, audience and
   * signature are checked.
   * @throws SignInRefused `refused` @throws NightglassError `OIDC_FAILED`
   */
  async complete(answer: URLSearchParams, ticket: Ticket): Promise<Identity> {
    const returned = new URL(redirectOf(ticket.home));
    returned.search = answer.toString();
    return this.#speak(async (configuration) => {
      const tokens = await client.authorizationCodeGrant(configuration, returned, {
        pkceCodeVerifier: ticket.verifier,
        expectedState: ticket.state,
        expectedNonce: ticket.nonce,
        idTokenExpected: true,
      });
      const token = tokens.claims();
      if (token === undefined || tokens.id_token === undefined) {
        throw new Error('it sent no ID token');
      }
      const { iss, sub, sid } = token;
      assertIssuer(configuration, iss);
      return {
        issuer: iss,
        subject: sub,
        claims: await this.#withGroups(configuration, token, tokens.access_token, sub),
        idToken: tokens.id_token,
        sid: typeof sid === 'string' ? sid : undefined,
        refreshToken: tokens.refresh_token,
      };
    });
  }

  /**
   * Asks again who somebody is.
   * @throws SignInRefused `refused` where the provider no longer stands for them
   * @throws NightglassError `OIDC_FAILED` where it does not answer
   */
  async renew(refreshToken: string, subject: string): Promise<RenewedIdentity> {
    return this.#speak(async (configuration) => {
      const tokens = await client.refreshTokenGrant(configuration, refreshToken);
      const token = tokens.claims();
      if (token !== undefined) {
        assertIssuer(configuration, token.iss);
        if (token.sub !== subject) throw new Error('it answers for somebody else');
      }
      const { issuer, userinfo_endpoint: userInfo } = configuration.serverMetadata();
      // That it names no groups counts only where it says who somebody is.
      if (token === undefined && userInfo === undefined) throw new Error('it sent no ID token');
      return {
        issuer,
        subject,
        claims: await this.#withGroups(configuration, token ?? {}, tokens.access_token, subject),
        idToken: tokens.id_token,
        refreshToken: tokens.refresh_token,
      };
    });
  }

  /**
   * Where a browser logs out at the provider, too; undefined where the provider has no such place.
   * @param idToken says whom it is about; may be empty
   */
  async endSession(idToken: string, home: string): Promise<URL | undefined> {
    return this.#speak(async (configuration) => {
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      const url = client.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: home,
        // Without it the provider asks whom it is about.
        ...(idToken === '' ? {} : { id_token_hint: idToken }),
      });
      if (!/^https?:$/.test(url.protocol)) throw new Error('its log-out is no address of the web');
      return url;
    });
  }

  /** Where the provider keeps its keys, and who it is. @throws NightglassError `OIDC_FAILED` */
  async metadata(): Promise<Pick<client.ServerMetadata, 'issuer' | 'jwks_uri'>> {
    return this.#speak(async (configuration) => configuration.serverMetadata());
  }

  async #speak<T>(work: (configuration: client.Configuration) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#configuration());
    } catch (error) {
      if (error instanceof SignInRefused) throw error;
      throw providerFault(error, this.#options.issuer);
    }
  }

  /** Claims with groups in them: of the ID token, else of the user info endpoint. */
  async #withGroups(
    configuration: client.Configuration,
    token: Claims,
    accessToken: string,
    subject: string,
  ): Promise<Claims> {
    if (groupsIn(token, this.#options.groupsClaim) !== undefined) return token;
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return token;
    return { ...token, ...(await client.fetchUserInfo(configuration, accessToken, subject)) };
  }

  async #configuration(): Promise<client.Configuration> {
    const now = this.#options.clock.monotonic();
    const known = this.#known;
    if (known !== undefined && now - known.at < oidcBounds.discoveredMs) return known.configuration;
    this.#asking ??= this.#discover().finally(() => {
      this.#asking = undefined;
    });
    if (known === undefined) return this.#asking;
    // What is known a little too long is better than to wait; the next one has what is new.
    this.#asking.catch(() => undefined);
    return known.configuration;
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, secret, clockSkewMs, fetch } = this.#options;
    const insecure = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    const configuration = await client.discovery(
      new URL(issuer),
      clientId,
      { [client.clockTolerance]: Math.ceil(clockSkewMs / 1000) },
      authentication(secret),
      {
        [client.customFetch]: fetch,
        // Our fetch keeps the time.
        timeout: 0,
        execute: [client.enableNonRepudiationChecks, ...insecure],
      },
    );
    this.#known = { configuration, at: this.#options.clock.monotonic() };
    return configuration;
  }
}

/** Where the provider sends a browser back to. */
export function redirectOf(home: string): string {
  return new URL('api/oidc/callback', home).href;
}

/** By the header, unless the provider names the form alone. */
function authentication(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (as, ...rest) => {
    const named = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const byForm = named.includes('client_secret_post') && !named.includes('client_secret_basic');
    (byForm ? post : basic)(as, ...rest);
  };
}

/**
 * The issuer to the letter. A provider for many tenants at once, whose document leaves the tenant
 * open, stands for people whom nobody here chose.
 */
function assertIssuer(configuration: client.Configuration, issuer: string): void {
  if (issuer === configuration.serverMetadata().issuer) return;
  throw new Error('its token is of another issuer');
}
