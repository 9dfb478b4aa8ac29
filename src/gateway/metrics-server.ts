import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { addressOf, listen } from './http/listen.ts';

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  /** Who asks must show it (`Authorization: Bearer`); null: whoever reaches the port may ask. */
  readonly token: string | null;
  readonly metrics: () => Promise<string>;
}

export interface MetricsServer {
  /** `http://host:port` */
  readonly address: string;
  /** Idempotent. */
  close(): Promise<void>;
}

const mostConnections = 16;
const requestMs = 10_000;
const path = '/metrics';

/**
 * Serves metrics, and nothing else, of a process that has no gateway. Plain HTTP.
 * @throws NightglassError `ENVIRONMENT` where it cannot listen
 */
export async function openMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port } = options;
  const server = createServer(
    { headersTimeout: requestMs, requestTimeout: requestMs, maxHeaderSize: 8_192 },
    (request, response) => {
      answer(request, response, options).catch(() => send(response, 500, 'No metrics\n'));
    },
  );
  server.maxConnections = mostConnections;
  await listen(() => listening(server, host, port), { host, port });
  let closed: Promise<void> | undefined;
  return {
    address: addressOf(server, 'http'),
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

async function answer(
  { headers, method, url }: IncomingMessage,
  response: ServerResponse,
  { metrics, token }: MetricsServerOptions,
): Promise<void> {
  if (url?.split('?')[0] !== path) return send(response, 404, 'See /metrics\n');
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return send(response, 405, 'GET alone\n');
  }
  if (token !== null && !isSame(headers.authorization ?? '', `Bearer ${token}`)) {
    response.setHeader('www-authenticate', 'Bearer');
    return send(response, 401, 'A token is needed\n');
  }
  send(response, 200, await metrics(), 'text/plain; version=0.0.4; charset=utf-8');
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response
    .writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(text);
}

/** In a time that says nothing about how far they agree. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function listening(server: Server, host: string, port: number): Promise<void> {
  const { promise, reject, resolve } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}
