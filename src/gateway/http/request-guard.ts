import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../domain/clock.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import { hasRole, type Principal } from '../../domain/principal.ts';
import { type Authenticator, bearerToken, type Identity } from '../access/authenticator.ts';
import { clientAddress, type TrustedProxies } from '../access/client-address.ts';
import type { ConnectionPool } from '../access/connection-pool.ts';
import { Limiter } from '../access/limiter.ts';
import { sessionSecretOf } from '../access/session-cookie.ts';
import { csrfMatches, type Session } from '../access/sessions.ts';
import { GatewayError } from '../contract/wire-error.ts';
import type { PublicPath } from './public-path.ts';
import type { Route, RouteLimit } from './route.ts';

/** Who a request is let in as. */
export interface Admitted {
  /** Undefined only on a public route. */
  readonly principal: Principal | undefined;
  readonly session: Session | undefined;
}

const stranger: Admitted = { principal: undefined, session: undefined };

/** Decides on each HTTP request: who asks, whether the page meant it, role, and how often. */
export class RequestGuard {
  readonly #authenticator: Authenticator;
  readonly #proxies: TrustedProxies;
  readonly #connections: Pick<ConnectionPool, 'known'>;
  readonly #publicPath: PublicPath;
  readonly #home: string | undefined;
  readonly #counted: Readonly<Record<Exclude<RouteLimit, 'login'>, Limiter>>;
  readonly #principals = new WeakMap<FastifyRequest, Principal>();

  constructor(options: {
    readonly authenticator: Authenticator;
    readonly clock: Clock;
    readonly limits: GatewayLimits;
    readonly proxies: TrustedProxies;
    readonly connections: Pick<ConnectionPool, 'known'>;
    readonly publicPath: PublicPath;
    /** Where a configuration says it. */
    readonly home?: string | undefined;
  }) {
    const { authenticator, clock, connections, limits, proxies, publicPath } = options;
    this.#publicPath = publicPath;
    this.#home = options.home;
    this.#authenticator = authenticator;
    this.#proxies = proxies;
    this.#connections = connections;
    const limiter = () => new Limiter(clock, limits.maxSearches);
    this.#counted = { search: limiter(), folder: limiter() };
  }

  /**
   * Lets a request in, or not.
   * @throws GatewayError `UNAUTHENTICATED`, `FORBIDDEN`, `TOO_MANY_REQUESTS`
   */
  admit(request: FastifyRequest, spec: Route): Admitted {
    const admitted = this.#identify(request, spec);
    const { principal } = admitted;
    if (principal !== undefined) {
      this.#principals.set(request, principal);
      this.#connections.known(request.raw.socket, principal.id);
    }
    if (spec.role !== null && principal !== undefined && !hasRole(principal, spec.role)) {
      throw new GatewayError('FORBIDDEN', `This needs the role ${spec.role}`);
    }
    this.#count(spec, principal);
    return admitted;
  }

  /** Where the request comes from, behind proxies of ours too. */
  addressOf(request: FastifyRequest): string {
    return clientAddress(request.raw, this.#proxies);
  }

  /** What stands before our paths in the browser of who asks. */
  prefixOf(request: FastifyRequest): string {
    return this.#publicPath.prefixOf(request.raw);
  }

  /**
   * True when the browser spoke TLS. The header of a proxy is believed from anybody: all it does is
   * to keep cookies off plain connections, and to name an address that an identity provider knows or
   * refuses.
   */
  isSecure(request: FastifyRequest): boolean {
    return request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https';
  }

  /** Address of the dashboard as the browser sees it, with a slash at its end. */
  homeOf(request: FastifyRequest): string {
    const scheme = this.isSecure(request) ? 'https' : 'http';
    const { host = 'localhost' } = request.headers;
    return this.#home ?? `${scheme}://${host}${this.prefixOf(request)}/`;
  }

  /**
   * Scheme, host and port of the dashboard as the browser sees it. Here the header of a proxy is
   * believed of `server.proxies` alone. Empty for a `Host` that is none.
   */
  originOf({ headers, protocol, raw }: FastifyRequest): string {
    if (this.#home !== undefined) return new URL(this.#home).origin;
    const isPassedOn =
      headers['x-forwarded-proto'] === 'https' && this.#proxies(raw.socket.remoteAddress ?? '');
    const scheme = protocol === 'https' || isPassedOn ? 'https' : 'http';
    const address = `${scheme}://${headers.host ?? ''}`;
    return URL.canParse(address) ? new URL(address).origin : '';
  }

  /** Who sent the request, once that is known: for the audit log. */
  principalOf(request: FastifyRequest): Principal | undefined {
    return this.#principals.get(request);
  }

  #identify(request: FastifyRequest, spec: Route): Admitted {
    const { headers } = request;
    const address = this.addressOf(request);
    const credentials = {
      token: bearerToken(headers.authorization),
      cookie: sessionSecretOf(headers.cookie, this.prefixOf(request)),
    };
    if (spec.role === null && credentials.token === undefined) {
      // A public route hears a session, and minds none that has ended.
      try {
        return admitted(this.#authenticator.identify(credentials, address));
      } catch (error) {
        if (error instanceof GatewayError) return stranger;
        throw error;
      }
    }
    const identity = this.#authenticator.identify(credentials, address);
    if (identity.session !== undefined && unsafe(spec.method)) {
      // A browser adds the cookie whoever made it ask; only our page can know this header.
      if (!csrfMatches(identity.session, oneOf(headers['x-csrf-token']))) {
        this.#principals.set(request, identity.principal);
        throw new GatewayError('FORBIDDEN', 'The header x-csrf-token is missing or wrong');
      }
    }
    return admitted(identity);
  }

  /** Searches, and folders that are looked at, each by token; logins are counted once it is known whose they are. */
  #count(spec: Route, principal: Principal | undefined): void {
    const { limit } = spec;
    if (limit === undefined || limit === 'login' || principal === undefined) return;
    const wait = this.#counted[limit].take(principal.id);
    if (wait > 0) {
      throw new GatewayError(
        'TOO_MANY_REQUESTS',
        `There were too many requests of this kind: try again in ${wait} s`,
        { retryAfter: wait },
      );
    }
  }
}

function admitted({ principal, session }: Identity): Admitted {
  return { principal, session };
}

function unsafe(method: Route['method']): boolean {
  return method !== 'GET';
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
