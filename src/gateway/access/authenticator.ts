import { foldedName } from '../../domain/account.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { localPrincipal, type Principal } from '../../domain/principal.ts';
import type { Holder } from '../../services/access/account-contract.ts';
import { GatewayError, toWireError } from '../contract/wire-error.ts';
import { networkOf } from './client-address.ts';
import type { GatewayAccess } from './gateway-access.ts';
import { Limiter } from './limiter.ts';
import { isLoopback } from './origin-guard.ts';
import { PasswordThrottle } from './password-throttle.ts';
import { type OpenedStep, SecondSteps } from './second-steps.ts';
import type { Session, SessionLimits, SessionOrigin } from './sessions.ts';
import { Sessions } from './sessions.ts';
import { tooMany } from './too-many.ts';

export interface AuthenticatorOptions {
  readonly host: string;
  readonly openOnLoopback: boolean;
  readonly access: GatewayAccess;
  readonly clock: Clock;
  /** Wrong tokens and passwords of one address in a minute. */
  readonly maxFailures: number;
  /** Logins of one token or account in a minute. */
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

/** A session that has begun; `secret` goes into the cookie. */
export type Begun = Identity & { readonly session: Session; readonly secret: string };

/** A session of an account that has begun; `browser` is what the browser is to keep, undefined for nothing new. */
export type BegunByAccount = Begun & { readonly browser: string | undefined };

/** What somebody types to be let in, and the secret that their browser keeps. */
export interface PasswordLogin {
  readonly name: string;
  readonly password: string;
  readonly browser: string | undefined;
}

/** How often at most it is noted that the holder of an account was here. */
const seenEveryMs = 5 * 60_000;

/** Tells who is asking: by token, by session cookie, or as the local visitor of the demo. */
export class Authenticator {
  /** True when no token is asked for: the demo, on loopback. */
  readonly open: boolean;
  readonly sessions: Sessions;
  /** Sign-ins that wait for a second factor. */
  readonly secondSteps: SecondSteps;
  readonly #access: GatewayAccess;
  readonly #failures: Limiter;
  readonly #passwords: PasswordThrottle;
  readonly #logins: Limiter;
  /** When it was noted last that somebody was here, by session. */
  readonly #seenAt = new WeakMap<Session, number>();
  readonly #clock: Clock;

  /** @throws NightglassError `ENVIRONMENT` where nobody could enter, or everybody could */
  constructor(options: AuthenticatorOptions) {
    const loopback = isLoopback(options.host);
    if (!loopback && options.access.credentialCount() === 0) {
      throw new NightglassError(
        'ENVIRONMENT',
        `Cannot open the gateway on ${options.host}: there is no token and no account, so everyone could watch`,
        {
          hint: 'Invite somebody with `nightglass users invite`, make a token with `nightglass tokens create`, or bind to 127.0.0.1.',
        },
      );
    }
    this.open = loopback && options.openOnLoopback;
    this.#access = options.access;
    this.#failures = new Limiter(options.clock, options.maxFailures);
    this.#passwords = new PasswordThrottle(options.clock, this.#failures);
    this.#logins = new Limiter(options.clock, options.maxLogins);
    this.secondSteps = new SecondSteps(options.clock, options.access, this.#failures);
    this.#clock = options.clock;
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
  login(token: string, from: Omit<SessionOrigin, 'by'>): Begun {
    const principal = this.#byToken(token, from.address);
    return this.begin({ principal, credentials: 0 }, { ...from, by: 'token' });
  }

  /**
   * Begins a session for the holder of an account, or asks for a second factor.
   * @throws GatewayError `UNAUTHENTICATED`, `TOO_MANY_REQUESTS`
   * @throws NightglassError `BUSY`
   */
  async loginByPassword(
    { name, password, browser }: PasswordLogin,
    from: Omit<SessionOrigin, 'by'>,
  ): Promise<BegunByAccount | OpenedStep> {
    const found = await this.withPassword({ name, browser }, from.address, async () => {
      const signedIn = await this.#access.signIn({ name, password, browser });
      if (signedIn !== null) return signedIn;
      throw new GatewayError('UNAUTHENTICATED', 'The name or the password is not right');
    });
    if (found.second !== null) return this.secondSteps.open(found, found.second);
    return { ...this.begin(found, { ...from, by: 'password' }), browser: found.browser };
  }

  /**
   * Does what a password is needed for, no more often than passwords may be guessed. Where `work`
   * throws `UNAUTHENTICATED` or `FORBIDDEN`, it was wrong.
   * @throws GatewayError `TOO_MANY_REQUESTS`; what `work` throws
   */
  async withPassword<T>(
    { name, browser }: Pick<PasswordLogin, 'name' | 'browser'>,
    address: string,
    work: () => Promise<T>,
  ): Promise<T> {
    const isKnown = browser !== undefined && this.#access.knowsBrowser(name, browser);
    const attempt = {
      name: foldedName(name),
      network: networkOf(address),
      browser: isKnown ? browser : undefined,
    };
    const wait = this.#passwords.enter(attempt);
    if (wait > 0) throw tooMany('There were too many failed attempts', wait);
    try {
      const result = await work();
      this.#passwords.succeeded(attempt);
      return result;
    } catch (error) {
      const { code } = toWireError(error);
      if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') this.#passwords.failed(attempt);
      else this.#passwords.withdrawn(attempt);
      throw error;
    }
  }

  /**
   * Does what a secret is needed for that can be guessed. Where `work` throws `wrong`, it was wrong,
   * and counts as a wrong token does.
   * @throws GatewayError `TOO_MANY_REQUESTS`; what `work` throws
   */
  async guessed<T>(
    address: string,
    work: () => Awaitable<T>,
    wrong: 'NOT_FOUND' | 'UNAUTHENTICATED' = 'NOT_FOUND',
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (toWireError(error).code === wrong) {
        const wait = this.#failures.take(networkOf(address));
        if (wait > 0) throw tooMany('There were too many failed attempts', wait);
      }
      throw error;
    }
  }

  /**
   * Begins a session for whoever has shown who they are, by whatever means.
   * @throws GatewayError `TOO_MANY_REQUESTS`
   */
  begin(holder: Holder, from: SessionOrigin): Begun {
    const { principal } = holder;
    const wait = this.#logins.take(principal.id);
    if (wait > 0) throw tooMany('There were too many sign-ins', wait);
    return { principal, ...this.sessions.start(holder, from) };
  }

  /** Who it is as of now, or null when the token or the session is no longer in force. */
  refresh(credentials: Credentials): Principal | null {
    if (credentials.token !== undefined) return this.#access.authenticate(credentials.token);
    const identity = this.#bySession(credentials.cookie);
    if (identity !== undefined) return identity.principal;
    return credentials.cookie === undefined && this.open ? localPrincipal : null;
  }

  /** Forgets all sessions, and sign-ins that are under way. Idempotent. */
  close(): void {
    this.sessions.close();
    this.secondSteps.close();
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
    const holder = this.#access.find(session.principalId);
    // Whoever is given a role that needs a second factor shows one.
    const isEnough = session.by !== 'password' || !this.#access.needsFactor(holder?.principal);
    if (holder !== null && holder.credentials === session.credentials && isEnough) {
      this.#seen(session);
      return { principal: holder.principal, session };
    }
    this.sessions.end(session, 'revoked');
    return undefined;
  }

  #seen(session: Session): void {
    const now = this.#clock.monotonic();
    if (now - (this.#seenAt.get(session) ?? Number.NEGATIVE_INFINITY) < seenEveryMs) return;
    this.#seenAt.set(session, now);
    this.#access.seen(session.principalId);
  }
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
