import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { localPrincipal, type Principal } from '../../domain/principal.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { networkOf } from './client-address.ts';
import type { GatewayAccess } from './gateway-access.ts';
import { Limiter } from './limiter.ts';
import { isLoopback } from './origin-guard.ts';
import type { Session, SessionLimits } from './sessions.ts';
import { Sessions } from './sessions.ts';

export interface AuthenticatorOptions {
  readonly host: string;
  readonly openOnLoopback: boolean;
  readonly access: GatewayAccess;
  readonly clock: Clock;
  /** Wrong tokens of one address in a minute. */
  readonly maxFailures: number;
  /** Logins of one token in a minute. */
  readonly maxLogins: number;
  readonly sessions: SessionLimits;
}

/** What somebody shows to be let in; the token counts when there are both. */
export interface Credentials {
  readonly token?: string | undefined;
  /** Secret of the session cookie. */
  readonly cookie?: string | undefined;
}

/** Who asks, and by which session when it was by cookie. */
export interface Identity {
  readonly principal: Principal;
  readonly session?: Session;
}

/** Tells who is asking: by token, by session cookie, or as the local visitor of the demo. */
export class Authenticator {
  /** True when no token is asked for: the demo, on loopback. */
  readonly open: boolean;
  readonly sessions: Sessions;
  readonly #access: GatewayAccess;
  readonly #failures: Limiter;
  readonly #logins: Limiter;

  /** @throws NightglassError `ENVIRONMENT` where nobody could enter, or everybody could */
  constructor(options: AuthenticatorOptions) {
    const loopback = isLoopback(options.host);
    if (!loopback && options.access.tokenCount() === 0) {
      throw new NightglassError(
        'ENVIRONMENT',
        `Cannot open the gateway on ${options.host}: there is no token, so everyone could watch`,
        { hint: 'Make a token with `nightglass tokens create`, or bind to 127.0.0.1.' },
      );
    }
    this.open = loopback && options.openOnLoopback;
    this.#access = options.access;
    this.#failures = new Limiter(options.clock, options.maxFailures);
    this.#logins = new Limiter(options.clock, options.maxLogins);
    this.sessions = new Sessions({ clock: options.clock, limits: options.sessions });
  }

  /**
   * The principal of a token or a session; without any, the local visitor where the gateway is open.
   * @throws GatewayError `UNAUTHENTICATED`, `TOO_MANY_REQUESTS`
   */
  identify(credentials: Credentials, address: string): Identity {
    if (credentials.token !== undefined) {
      return { principal: this.#byToken(credentials.token, address) };
    }
    const identity = this.#bySession(credentials.cookie);
    if (identity !== undefined) return identity;
    if (this.open) return { principal: localPrincipal };
    throw new GatewayError(
      'UNAUTHENTICATED',
      credentials.cookie === undefined
        ? 'This needs a token'
        : 'The session has ended: sign in again',
    );
  }

  /**
   * Begins a session for the holder of a token.
   * @throws GatewayError `UNAUTHENTICATED`, `TOO_MANY_REQUESTS`
   */
  login(
    token: string,
    address: string,
  ): Identity & { readonly session: Session; readonly secret: string } {
    const principal = this.#byToken(token, address);
    const wait = this.#logins.take(principal.id);
    if (wait > 0) throw tooMany('There were too many sign-ins with this token', wait);
    return { principal, ...this.sessions.start(principal) };
  }

  /** Who it is as of now, or null when the token or the session is no longer in force. */
  refresh(credentials: Credentials): Principal | null {
    if (credentials.token !== undefined) return this.#access.authenticate(credentials.token);
    const identity = this.#bySession(credentials.cookie);
    if (identity !== undefined) return identity.principal;
    return credentials.cookie === undefined && this.open ? localPrincipal : null;
  }

  /** A token in force is let in whatever its address has done: others may share the address. */
  #byToken(token: string, address: string): Principal {
    const principal = this.#access.authenticate(token);
    if (principal !== null) return principal;
    const wait = this.#failures.take(networkOf(address));
    if (wait > 0) throw tooMany('There were too many failed attempts', wait);
    throw new GatewayError('UNAUTHENTICATED', 'The token is not valid, or no longer');
  }

  #bySession(cookie: string | undefined): Identity | undefined {
    const session = cookie === undefined ? undefined : this.sessions.use(cookie);
    if (session === undefined) return undefined;
    const principal = this.#access.find(session.tokenId);
    if (principal !== null) return { principal, session };
    this.sessions.end(session, 'revoked');
    return undefined;
  }
}

function tooMany(what: string, wait: number): GatewayError {
  return new GatewayError('TOO_MANY_REQUESTS', `${what}: try again in ${wait} s`, {
    retryAfter: wait,
  });
}

/** The token of an `Authorization: Bearer` header. @throws GatewayError `UNAUTHENTICATED` for another scheme */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header);
  if (match?.[1] === undefined) {
    throw new GatewayError('UNAUTHENTICATED', 'Cannot read the token: use `Authorization: Bearer`');
  }
  return match[1];
}
