import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { lookupIn } from '../../domain/lookup-in.ts';

/** The host of an address as sockets take it: without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** A connection to a host at one of these addresses and at no other; over TLS its certificate is checked. */
export function openSocket(options: {
  readonly host: string;
  readonly port: number;
  readonly found: readonly string[];
  readonly tls: boolean;
  /** Certificates to trust in place of those of the machine, PEM. */
  readonly ca?: string;
}): Socket {
  const { host, port, found, tls, ca } = options;
  const place = { host, port, lookup: lookupIn(found) };
  if (!tls) return connectTcp(place);
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ ...place, ...name, ...(ca === undefined ? {} : { ca }) });
}
