import { X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { isIP } from 'node:net';

export interface RedirectOptions {
  /** Port of TLS. */
  readonly port: number;
  /** Where everybody is sent; undefined for what the certificate and this machine are called. */
  readonly host: string | undefined;
  /** PEM, as it is now: it may be renewed. */
  readonly certificate: () => string;
  readonly headersTimeMs: number;
}

/**
 * A server of plain HTTP that answers every request with the same address over TLS. It sends to
 * names of its own alone, never where a request asks to be sent.
 */
export function createRedirectServer(options: RedirectOptions): Server {
  const { headersTimeMs } = options;
  const server = createServer(
    {
      headersTimeout: headersTimeMs,
      requestTimeout: headersTimeMs,
      connectionsCheckingInterval: Math.min(5000, headersTimeMs),
    },
    (request, response) => {
      const host = ownHost(request, options);
      const port = options.port === 443 ? '' : `:${options.port}`;
      // The path alone: a whole address, or `*`, names nothing of ours.
      const path = request.url?.startsWith('/') === true ? request.url : '/';
      response
        .writeHead(308, {
          location: `https://${isIP(host) === 6 ? `[${host}]` : host}${port}${path}`,
          connection: 'close',
          'content-length': 0,
          'cache-control': 'no-store',
        })
        .end();
    },
  );
  server.maxRequestsPerSocket = 1;
  return server;
}

/** The host that was asked for where it is one of ours, else one that is. */
function ownHost(request: IncomingMessage, { host, certificate }: RedirectOptions): string {
  if (host !== undefined) return host;
  const own = new X509Certificate(certificate());
  const local = plain(request.socket.localAddress ?? '127.0.0.1');
  const asked = hostOf(request.headers.host);
  if (asked !== undefined) {
    if (isIP(asked) !== 0) {
      if (asked === local || own.checkIP(asked) !== undefined) return asked;
    } else if (own.checkHost(asked, { wildcards: false }) !== undefined) return asked;
  }
  const named = /(?:^|, )DNS:([a-z0-9.-]+)(?:,|$)/i.exec(own.subjectAltName ?? '');
  return named?.[1] ?? local;
}

function hostOf(header: string | undefined): string | undefined {
  const url = URL.parse(`http://${header ?? ''}`);
  return url === null || url.hostname === '' ? undefined : url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
