import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../contract/wire-error.ts';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True for an address that only this machine can reach. */
export function isLoopback(address: string): boolean {
  const plain = address
    .toLowerCase()
    .replace(/^::ffff:/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return plain === 'localhost' || plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain);
}

export interface OriginCheck {
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
  /** True when visitors need no token, so that the network place is all there is to go by. */
  readonly open: boolean;
}

/**
 * Refuses what another web site makes a visitor's browser ask: a foreign
 * `Origin`, a cross-site `Sec-Fetch-Site`, and, where no token is asked for, a
 * `Host` that is not this machine's (a name that was re-bound to 127.0.0.1).
 * @throws GatewayError `FORBIDDEN`
 */
export function checkOrigin({ headers, remoteAddress, open }: OriginCheck): void {
  const host = headers.host?.toLowerCase() ?? '';
  if (open) {
    if (!loopbackNames.has(host.replace(/:\d+$/, ''))) {
      throw new GatewayError('FORBIDDEN', 'Without a token the Host header must name localhost');
    }
    if (remoteAddress === undefined || !isLoopback(remoteAddress)) {
      throw new GatewayError('FORBIDDEN', 'This needs a token: the connection is not a local one');
    }
  }
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== host) {
    throw new GatewayError('FORBIDDEN', 'The request comes from another web site');
  }
  const site = headers['sec-fetch-site'];
  const navigates =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigates) {
    throw new GatewayError('FORBIDDEN', 'The request comes from another web site');
  }
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null;
}
