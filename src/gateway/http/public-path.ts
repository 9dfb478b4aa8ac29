import type { IncomingMessage } from 'node:http';
import type { TrustedProxies } from '../access/client-address.ts';

/** One or more segments, none of them `.` or `..`. */
const prefix = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+){1,8}$/;
const longestPrefix = 200;

/** True for a path that a gateway can be served below: `/nightglass`, without a slash at its end. */
export function isPathPrefix(path: string): boolean {
  return path.length <= longestPrefix && prefix.test(path);
}

/**
 * The path below which browsers see the gateway. A proxy may pass it on as it is (then it must be
 * the gateway's base path) or take it off, and say so in `X-Forwarded-Prefix`.
 */
export class PublicPath {
  readonly #base: string;
  readonly #trusted: TrustedProxies;
  /** Requests that carried the base path, and those that asked for it without the slash. */
  readonly #carried = new WeakSet<IncomingMessage>();
  readonly #bare = new WeakSet<IncomingMessage>();

  /** @param base such as `/nightglass`; empty for none @throws RangeError for anything else */
  constructor(base: string, trusted: TrustedProxies) {
    if (base !== '' && !isPathPrefix(base)) throw new RangeError(`Cannot serve below ${base}`);
    this.#base = base;
    this.#trusted = trusted;
  }

  /** What a request asks for within the gateway: without the base path, where it carries that. */
  within(request: IncomingMessage): string {
    const url = request.url ?? '/';
    const base = this.#base;
    if (base === '' || !url.startsWith(base)) return url;
    const rest = url.slice(base.length);
    if (rest !== '' && !/^[/?]/.test(rest)) return url;
    this.#carried.add(request);
    if (rest.startsWith('/')) return rest;
    this.#bare.add(request);
    return `/${rest}`;
  }

  /** True where the slash at the end is missing: relative addresses of the page would lead astray. */
  isBare(request: IncomingMessage): boolean {
    return this.#bare.has(request);
  }

  /**
   * What stands before the gateway's own paths in the browser of who asks; empty for nothing.
   * After {@link PublicPath.within}.
   */
  prefixOf(request: IncomingMessage): string {
    const taken = this.#takenOff(request);
    if (this.#carried.has(request)) return (taken ?? '') + this.#base;
    return taken ?? this.#base;
  }

  /** What a proxy of ours says it took off; nobody else is believed. */
  #takenOff(request: IncomingMessage): string | undefined {
    const named = request.headers['x-forwarded-prefix'];
    if (typeof named !== 'string' || !this.#trusted(request.socket.remoteAddress ?? '')) {
      return undefined;
    }
    const path = named.replace(/\/$/, '');
    return isPathPrefix(path) ? path : undefined;
  }
}
