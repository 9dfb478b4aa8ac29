import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../domain/clock.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { DebugLog } from '../../domain/log.ts';
import { maySeeCamera, type Principal } from '../../domain/principal.ts';
import type { Auditor } from '../access/auditor.ts';
import type { Authenticator, Credentials, Identity } from '../access/authenticator.ts';
import type { ConnectionPool } from '../access/connection-pool.ts';
import { checkOrigin } from '../access/origin-guard.ts';
import { sessionSecretOf } from '../access/session-cookie.ts';
import type { Session } from '../access/sessions.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import { GatewayError, statusOf } from '../contract/wire-error.ts';
import type { PublicPath } from '../http/public-path.ts';
import { id } from '../schemas/values.ts';
import { closeCodes } from './close-codes.ts';
import { CodedClient } from './coded-client.ts';
import { EventClient } from './event-client.ts';
import { EventHub } from './event-hub.ts';
import { PreviewClient } from './preview-client.ts';
import { SocketSession } from './socket-session.ts';
import type { ViewerClient } from './viewer-client.ts';

/** The subprotocol that the gateway speaks, and the form in which a browser hands over its token. */
export const protocol = 'nightglass.v1';
export const tokenProtocol = 'nightglass.token.';

export interface DoorOptions {
  readonly server: Server;
  readonly services: GatewayServices;
  readonly authenticator: Authenticator;
  readonly auditor: Auditor;
  readonly connections: Pick<ConnectionPool, 'known'>;
  /** Where a request comes from, behind proxies of ours too. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly publicPath: PublicPath;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly log: DebugLog;
  readonly observer: GatewayObserver;
}

type Target =
  | { readonly kind: 'events' }
  | { readonly kind: 'preview'; readonly cameraId: string; readonly isCoded: boolean };

/** What an upgrade asks for, and what it shows. */
interface Asked {
  readonly url: string;
  readonly target: Target;
  readonly credentials: Credentials;
  readonly address: string;
  readonly connection: Socket;
}

/** Lets WebSocket clients in at `/ws` and `/preview/:camera`, and owns them until they leave. */
export class SocketServer {
  readonly #options: DoorOptions;
  readonly #hub: EventHub;
  readonly #webSockets: WebSocketServer;
  /** Sockets of people who are known. */
  readonly #sessions = { events: new Set<SocketSession>(), preview: new Set<SocketSession>() };
  /** Those that have not said who they are: `ConnectionPool` bounds them. */
  readonly #strangers = new Set<SocketSession>();
  readonly #onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly #stopFollowing: () => void;
  #closed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#hub = new EventHub(options.services, options.log);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.limits.maxMessageBytes,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
    });
    this.#onUpgrade = (request, socket, head) => this.#upgrade(request, socket, head);
    options.server.on('upgrade', this.#onUpgrade);
    // Who logs out, or whose token is revoked, is cut off at once and not at the next heart-beat.
    this.#stopFollowing = options.authenticator.sessions.onEnd((ended) => this.#end(ended));
  }

  /** Open event sockets of people who are known. */
  get clients(): number {
    return this.#sessions.events.size;
  }

  /** Closes all sockets with 1001. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.server.off('upgrade', this.#onUpgrade);
    this.#stopFollowing();
    this.#hub.close();
    for (const sessions of [...Object.values(this.#sessions), this.#strangers]) {
      for (const session of sessions) session.close(closeCodes.goingAway, 'shutting down');
    }
    this.#webSockets.close();
  }

  #end(ended: Session): void {
    for (const sessions of Object.values(this.#sessions)) {
      for (const socket of sessions) {
        if (socket.session !== ended) continue;
        socket.fail('UNAUTHENTICATED', 'The session has ended', closeCodes.unauthenticated);
      }
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      const { authenticator, addressOf, publicPath } = this.#options;
      const url = publicPath.within(request);
      const { remoteAddress } = request.socket;
      checkOrigin({ headers: request.headers, remoteAddress, open: authenticator.open });
      const asked: Asked = {
        url,
        target: targetOf(url),
        credentials: {
          token: offeredToken(request.headers['sec-websocket-protocol']),
          cookie: sessionSecretOf(request.headers.cookie, publicPath.prefixOf(request)),
        },
        address: addressOf(request),
        connection: request.socket,
      };
      const identified = this.#identify(asked);
      if (identified !== undefined && !(identified instanceof GatewayError)) {
        this.#assertRoom(asked.target.kind, identified.principal);
      } else if (identified?.code === 'TOO_MANY_REQUESTS') throw identified;
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#opened(webSocket, asked, identified);
      });
    } catch (error) {
      if (!(error instanceof GatewayError)) {
        this.#options.log.error({ err: error }, 'Cannot upgrade a connection');
      } else if (error.code === 'FORBIDDEN' || error.code === 'TOO_MANY_REQUESTS') {
        this.#options.auditor.denied({
          who: undefined,
          address: this.#options.addressOf(request),
          code: error.code,
          place: placeOf(this.#options.publicPath.within(request)),
        });
      }
      refuse(socket, error);
    }
  }

  /** Whom the credentials stand for, or why for nobody; undefined where none were shown. */
  #identify({ credentials, address }: Asked): Identity | GatewayError | undefined {
    const { authenticator } = this.#options;
    const { token, cookie } = credentials;
    if (token === undefined && cookie === undefined && !authenticator.open) return undefined;
    try {
      return authenticator.identify(credentials, address);
    } catch (error) {
      // A browser cannot read why an upgrade failed: it is told over the socket.
      if (error instanceof GatewayError) return error;
      throw error;
    }
  }

  /** @throws GatewayError `TOO_MANY_REQUESTS` where there is no room for one more of this token */
  #assertRoom(kind: Target['kind'], { id: token }: Principal): void {
    const { limits } = this.#options;
    const sessions = this.#sessions[kind];
    const [most, mostOfToken] =
      kind === 'events'
        ? [limits.maxClients, limits.maxClientsPerToken]
        : [limits.maxPreviews, limits.maxPreviewsPerToken];
    let own = 0;
    for (const { principal } of sessions) own += principal?.id === token ? 1 : 0;
    if (sessions.size < most && own < mostOfToken) return;
    const whose = own < mostOfToken ? '' : ' with this token';
    throw new GatewayError('TOO_MANY_REQUESTS', `Cannot serve more clients${whose} now`, {
      retryAfter: 10,
    });
  }

  #opened(socket: WebSocket, asked: Asked, identified: Identity | GatewayError | undefined): void {
    const { target, credentials, address, connection } = asked;
    const { authenticator, services, auditor, connections } = this.#options;
    const { clock, limits, log, observer } = this.#options;
    const sessions = this.#sessions[target.kind];
    const place = placeOf(asked.url);
    const denied = (code: string, of: string | undefined) =>
      auditor.denied({
        who: session.principal?.name,
        address,
        code,
        place,
        ...(of === undefined ? {} : { target: of }),
      });
    // Session and client know each other; nothing is called back before `begin`.
    let client: EventClient | ViewerClient | undefined;
    const session: SocketSession = new SocketSession({
      socket,
      address,
      credentials,
      identified,
      authenticator,
      clock,
      limits,
      log,
      onDenied: (code) => denied(code, undefined),
      makeRoom: (principal) => {
        this.#assertRoom(target.kind, principal);
        connections.known(connection, principal.id);
      },
      onAdmitted: (principal) => {
        this.#strangers.delete(session);
        sessions.add(session);
        observer.clients?.(target.kind, sessions.size);
        if (target.kind === 'events') void auditor.viewed(principal.name, '', 'events.watched');
        else if (maySeeCamera(principal, target.cameraId)) {
          void auditor.viewed(principal.name, target.cameraId, 'preview.watched');
        }
        if (client instanceof EventClient) {
          this.#hub.add(client);
          client.admitted(principal);
        } else void client?.start(principal);
      },
      onText: (text) => {
        if (client instanceof EventClient) client.received(text);
      },
      onClosed: () => {
        if (client instanceof EventClient) this.#hub.remove(client);
        else client?.close();
        if (this.#strangers.delete(session)) return;
        sessions.delete(session);
        observer.clients?.(target.kind, sessions.size);
      },
    });
    client =
      target.kind === 'events'
        ? new EventClient({ session, services, auditor, denied, limits, log, observer })
        : new (target.isCoded ? CodedClient : PreviewClient)({
            session,
            cameraId: target.cameraId,
            preview: services.preview,
            denied,
            limits,
            log,
            observer,
          });
    this.#strangers.add(session);
    session.begin();
  }
}

/** @throws GatewayError `NOT_FOUND`, `BAD_REQUEST` for a token in the URL */
function targetOf(url: string): Target {
  const [path = '', query] = url.split('?', 2);
  if (query !== undefined) {
    throw new GatewayError(
      'BAD_REQUEST',
      'Cannot read a query here; a token never belongs in the URL',
    );
  }
  if (path === '/ws') return { kind: 'events' };
  const [, camera, coded] = /^\/preview\/([^/]+)(\/coded)?$/.exec(path) ?? [];
  const cameraId = id.safeParse(camera);
  if (cameraId.success) {
    return { kind: 'preview', cameraId: cameraId.data, isCoded: coded !== undefined };
  }
  throw new GatewayError('NOT_FOUND', 'Cannot find this WebSocket');
}

/** For the audit log: which socket, without the camera. */
function placeOf(url: string): string {
  if (!url.startsWith('/preview/')) return 'socket /ws';
  return url.endsWith('/coded') ? 'socket /preview/:camera/coded' : 'socket /preview/:camera';
}

function offeredToken(header: string | undefined): string | undefined {
  const offered = header?.split(',').map((name) => name.trim()) ?? [];
  const token = offered.find((name) => name.startsWith(tokenProtocol));
  return token?.slice(tokenProtocol.length);
}

function refuse(socket: Duplex, error: unknown): void {
  const status = error instanceof GatewayError ? statusOf(error.code) : 500;
  const text = error instanceof GatewayError ? error.message : 'Internal';
  const wait = error instanceof GatewayError ? error.retryAfter : undefined;
  const retry = wait === undefined ? '' : `Retry-After: ${wait}\r\n`;
  // The server keeps half-open sockets, and no time-out watches one after its upgrade.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n${retry}\r\n${text}`,
  );
}
