import type { Clock } from '../clock.ts';
import { NightglassError } from '../errors.ts';
import { type GatewayAccess, localPrincipal, type Principal } from './access.ts';
import { FailureLimiter } from './http/failure-limiter.ts';
import { isLoopback } from './http/origin-guard.ts';
import { GatewayError } from './wire-error.ts';

export interface AuthenticatorOptions {
  readonly host: string;
  readonly openOnLoopback: boolean;
  readonly access: GatewayAccess;
  readonly clock: Clock;
  readonly maxFailures: number;
}

/** Tells who is asking, by token, or as the local visitor of the demo. */
export class Authenticator {
  /** True when no token is asked for: the demo, on loopback. */
  readonly open: boolean;
  readonly #access: GatewayAccess;
  readonly #limiter: FailureLimiter;

  /** @throws NightglassError `ENVIRONMENT` where nobody could enter, or everybody could */
  constructor(options: AuthenticatorOptions) {
    const loopback = isLoopback(options.host);
    if (!loopback && options.access.tokenCount() === 0) {
      throw new NightglassError(
        'ENVIRONMENT',
        `Cannot open the gateway on ${options.host}: there is no token, so everyone could watch`,
        { mend: 'Make a token with `nightglass tokens create`, or bind to 127.0.0.1.' },
      );
    }
    this.open = loopback && options.openOnLoopback;
    this.#access = options.access;
    this.#limiter = new FailureLimiter(options.clock, options.maxFailures);
  }

  /** Seconds for which the address is refused after too many failures; 0 when it is heard. */
  blockedFor(address: string): number {
    return this.#limiter.blockedFor(address);
  }

  /**
   * The principal of a token; without one, the local visitor where the gateway is open.
   * @throws GatewayError `UNAUTHENTICATED`, `TOO_MANY_REQUESTS`
   */
  identify(token: string | undefined, address: string): Principal {
    if (token === undefined) {
      if (this.open) return localPrincipal;
      throw new GatewayError('UNAUTHENTICATED', 'Cannot answer: a token is needed');
    }
    const wait = this.#limiter.blockedFor(address);
    if (wait > 0) {
      throw new GatewayError('TOO_MANY_REQUESTS', `Too many failed attempts; try in ${wait} s`);
    }
    const principal = this.#access.authenticate(token);
    if (principal === null) {
      this.#limiter.failed(address);
      throw new GatewayError('UNAUTHENTICATED', 'Cannot answer: the token is not valid');
    }
    return principal;
  }

  /** The principal as it is now, or null when its token is no longer in force. */
  refresh(token: string | undefined): Principal | null {
    if (token === undefined) return this.open ? localPrincipal : null;
    return this.#access.authenticate(token);
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
