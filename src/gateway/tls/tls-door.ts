import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { Log } from '../../domain/log.ts';
import type { TlsMaterial } from '../../domain/tls-material.ts';
import type { ConnectionPool } from '../access/connection-pool.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import { addressOf, listen } from '../http/listen.ts';
import { createRedirectServer } from '../http/redirect-server.ts';
import { followHandshakes } from './follow-handshakes.ts';
import { contextOptions, type GatewayTls } from './tls-options.ts';

export interface TlsDoorOptions {
  /** The gateway's server, which speaks TLS. */
  readonly server: unknown;
  readonly host: string;
  readonly connections: Pick<ConnectionPool, 'follow'>;
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'headersTimeMs'>;
  readonly log: Log;
  readonly observer: GatewayObserver;
}

export interface TlsDoor {
  /** Speaks TLS with another certificate from the next connection on. */
  renew(material: TlsMaterial): void;
  /** Opens the port that sends plain HTTP to TLS, where there is one. @throws NightglassError `ENVIRONMENT` */
  listenPlain(): Promise<void>;
  plainAddress(): string | undefined;
  close(): void;
}

/** What there is beside the port itself where TLS is spoken. */
export function openTlsDoor(tls: GatewayTls, options: TlsDoorOptions): TlsDoor {
  const { clock, connections, host, limits, log, observer } = options;
  const server = options.server as HttpsServer;
  let { material } = tls;
  followHandshakes({
    server,
    clientCertificates: tls.clientCertificates,
    onResult: (result) => observer.handshake?.(result),
    log,
    monotonic: () => clock.monotonic(),
  });
  let plain: Server | undefined;
  return {
    renew(next: TlsMaterial): void {
      server.setSecureContext(contextOptions(next));
      material = next;
    },
    async listenPlain(): Promise<void> {
      const { redirect } = tls;
      if (redirect === undefined) return;
      const opened = createRedirectServer({
        port: (server.address() as AddressInfo).port,
        host: redirect.host,
        certificate: () => material.certificate,
        headersTimeMs: limits.headersTimeMs,
      });
      plain = opened;
      connections.follow(opened);
      const { port } = redirect;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      opened.once('error', reject).listen({ host, port }, resolve);
      await listen(() => promise, { host, port });
    },
    plainAddress: () => plain && addressOf(plain, 'http'),
    close(): void {
      plain?.close();
      plain?.closeAllConnections();
    },
  };
}
