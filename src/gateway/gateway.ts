import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance } from 'fastify';
import { oidcBounds } from '../domain/bounds.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { defaultLimits, type GatewayLimits } from '../domain/gateway-limits.ts';
import type { DebugLog } from '../domain/log.ts';
import { silentLog } from '../domain/log.ts';
import type { TlsMaterial } from '../domain/tls-material.ts';
import type { OidcService } from '../services/access/oidc/oidc-sign-in.ts';
import { Auditor } from './access/auditor.ts';
import { Authenticator } from './access/authenticator.ts';
import { clientAddress, trustedProxies } from './access/client-address.ts';
import { ConnectionPool } from './access/connection-pool.ts';
import type { GatewayAccess } from './access/gateway-access.ts';
import { checkOrigin } from './access/origin-guard.ts';
import { apiRoutes } from './api-routes.ts';
import type { GatewayServices } from './contract/gateway-services.ts';
import type { GatewaySignIn } from './contract/gateway-sign-in.ts';
import type { GatewayObserver } from './contract/observer.ts';
import { answerErrors, observeRequests, recordDenials } from './http/answer-errors.ts';
import { serveDashboard } from './http/dashboard.ts';
import { addressesToListen, addressOf, listen, listenToo } from './http/listen.ts';
import { PublicPath } from './http/public-path.ts';
import { registerRoute } from './http/register-route.ts';
import { RequestGuard } from './http/request-guard.ts';
import { addSecurityHeaders } from './http/security-headers.ts';
import { UploadRoom } from './http/upload-room.ts';
import type { RouteContext } from './routes/context.ts';
import { SocketServer } from './socket/socket-server.ts';
import { openTlsDoor } from './tls/tls-door.ts';
import { type GatewayTls, serverOptions } from './tls/tls-options.ts';

export interface GatewayOptions {
  /** Address to listen on; anything but loopback needs tokens. */
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** The demo: local visitors need no token. Has no effect on another address than loopback. */
  readonly openOnLoopback?: boolean;
  readonly services: GatewayServices;
  readonly access: GatewayAccess;
  /** Default: with passwords alone. */
  readonly signIn?: GatewaySignIn;
  /** The program's version, for documents and health. */
  readonly version: string;
  /**
   * Addresses or networks of proxies before the gateway, whose `X-Forwarded-For` is believed: else
   * all who come through one share its limits on failures and logins. @throws RangeError
   */
  readonly proxies?: readonly string[];
  /** Path that the gateway is served below, such as `/nightglass`; none where left out. */
  readonly basePath?: string;
  /** Certificate and key; without it plain HTTP is spoken. */
  readonly tls?: GatewayTls;
  /** Folder of the built dashboard. */
  readonly webRoot?: string;
  readonly log?: DebugLog;
  readonly clock?: Clock;
  readonly observer?: GatewayObserver;
  readonly limits?: Partial<GatewayLimits>;
}

export interface Gateway {
  /** Where it listens, `http://host:port`, with TLS `https://host:port`; then its base path. */
  readonly address: string;
  /** Where plain HTTP is sent to TLS, `http://host:port`; undefined where it is not. */
  readonly redirectAddress: string | undefined;
  /** Speaks TLS with another certificate from the next connection on. @throws for one that cannot be used */
  renewTls(material: TlsMaterial): void;
  /** Ends all connections. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the one port of the program: HTTP API, dashboard, event and preview sockets.
 * @throws NightglassError `ENVIRONMENT` when it would be open to all, or cannot listen
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { services, log = silentLog, clock = systemClock, observer = {} } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const proxies = trustedProxies(options.proxies ?? []);
  const authenticator = openAuthenticator(options, limits, clock);
  const auditor = new Auditor(services.audit, log, clock);
  recordEnds(authenticator, auditor);
  const { signIn = { passwords: true } } = options;
  const stopFollowing = followProvider(signIn.oidc, authenticator);
  const publicPath = new PublicPath(options.basePath ?? '', proxies);
  const app = createApp(limits, options.tls, publicPath);
  const connections = new ConnectionPool({ clock, log, proxies, limits });
  connections.follow(app.server);
  const door =
    options.tls &&
    openTlsDoor(options.tls, {
      ...{ host: options.host, server: app.server, connections, clock, limits, log, observer },
    });
  const sockets = new SocketServer({
    server: app.server,
    services,
    authenticator,
    auditor,
    connections,
    addressOf: (request) => clientAddress(request, proxies),
    publicPath,
    clock,
    limits,
    log,
    observer,
  });
  const context: RouteContext = {
    services,
    auditor,
    authenticator,
    ...{ clock, access: options.access, signIn, log },
    version: options.version,
    clients: () => sockets.clients,
  };

  keepToOwnPages(app, authenticator, publicPath);
  addSecurityHeaders(app, options.tls?.hstsMs);
  observeRequests(app, observer, log);
  const paths = { proxies, publicPath, home: homeOf(signIn.address) };
  const guard = new RequestGuard({ authenticator, clock, connections, limits, ...paths });
  answerErrors(app, log, recordDenials(auditor, guard));
  await app.register(multipart);
  readForms(app);
  registerAll(app, context, guard, limits, new UploadRoom(limits, clock, observer), log);
  await serveDashboard(app, options.webRoot);

  let stopListening: () => void;
  try {
    stopListening = await listenAtAll(app, options, log);
    await door?.listenPlain();
  } catch (error) {
    sockets.close();
    door?.close();
    await app.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    address: `${addressOf(app.server, options.tls === undefined ? 'http' : 'https')}${options.basePath ?? ''}`,
    redirectAddress: door?.plainAddress(),
    renewTls: (material) => door?.renew(material),
    close() {
      closing ??= (async () => {
        stopListening();
        sockets.close();
        door?.close();
        stopFollowing();
        authenticator.close();
        await app.close();
        auditor.close();
      })();
      return closing;
    },
  };
}

/** @returns what stops listening at the further addresses @throws NightglassError `ENVIRONMENT` */
async function listenAtAll(
  app: FastifyInstance,
  options: GatewayOptions,
  log: DebugLog,
): Promise<() => void> {
  const [host, ...further] = addressesToListen(options.host);
  await listen(() => app.listen({ host, port: options.port }), options);
  return await listenToo(app.server, further, log);
}

function openAuthenticator(
  { host, openOnLoopback = false, access }: GatewayOptions,
  limits: GatewayLimits,
  clock: Clock,
): Authenticator {
  return new Authenticator({
    host,
    openOnLoopback,
    access,
    clock,
    maxFailures: limits.maxAuthFailures,
    maxLogins: limits.maxLogins,
    sessions: limits,
  });
}

function recordEnds({ sessions }: Authenticator, auditor: Auditor): void {
  sessions.onEnd(({ name: who, principalId: target, id: session }, why) => {
    void auditor.attempt({ who, what: 'session.ended', target, detail: { why, session } });
  });
}

/** Sessions that the provider ends end here, and those that end here are no longer asked about. */
function followProvider(oidc: OidcService | undefined, { sessions }: Authenticator): () => void {
  if (oidc === undefined) return () => undefined;
  sessions.onEnd(({ id }) => oidc.ended(id));
  return oidc.onEnd((id, why) => sessions.endById(id, undefined, why));
}

/** With a slash at its end. */
function homeOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : new URL(address.replace(/\/*$/, '/')).href;
}

/** HTML forms, for the one route that takes them. */
function readForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: oidcBounds.tokenBytes + 1024 },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
}

function createApp(
  { headersTimeMs, handshakeTimeMs }: GatewayLimits,
  tls: GatewayTls | undefined,
  publicPath: PublicPath,
): FastifyInstance {
  const server = {
    headersTimeout: headersTimeMs,
    connectionsCheckingInterval: Math.min(5000, headersTimeMs),
  };
  return Fastify({
    logger: false,
    rewriteUrl: (request) => publicPath.within(request),
    bodyLimit: 256 * 1024,
    ...(tls === undefined
      ? { http: server }
      : { https: { ...server, ...serverOptions(tls, handshakeTimeMs) } }),
    // An archive of 256 MiB takes its time.
    requestTimeout: 300_000,
    connectionTimeout: 0,
    forceCloseConnections: true,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
  });
}

/** Refuses what other web sites ask; sends to the slash at the end from which the page's addresses count. */
function keepToOwnPages(
  app: FastifyInstance,
  authenticator: Authenticator,
  publicPath: PublicPath,
): void {
  app.addHook('onRequest', async (request) => {
    checkOrigin({
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress,
      open: authenticator.open,
    });
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' || !publicPath.isBare(request.raw)) return;
    return reply.redirect(`${publicPath.prefixOf(request.raw)}/`, 308);
  });
}

function registerAll(
  app: FastifyInstance,
  context: RouteContext,
  guard: RequestGuard,
  limits: GatewayLimits,
  uploads: UploadRoom,
  log: DebugLog,
): void {
  for (const route of apiRoutes(context)) registerRoute(app, route, guard, limits, uploads, log);
}
