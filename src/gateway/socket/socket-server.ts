import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../domain/clock.ts';
import type { DebugLog } from '../../domain/log.ts';
import { maySeeCamera } from '../../domain/principal.ts';
import type { Auditor } from '../access/auditor.ts';
import type { Authenticator, Credentials } from '../access/authenticator.ts';
import { checkOrigin } from '../access/origin-guard.ts';
import { sessionSecretOf } from '../access/session-cookie.ts';
import type { Session } from '../access/sessions.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import type { GatewayLimits } from '../contract/limits.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import { GatewayError, statusOf } from '../contract/wire-error.ts';
import { id } from '../schemas/values.ts';
import { closeCodes } from './close-codes.ts';
import { EventClient } from './event-client.ts';
import { EventHub } from './event-hub.ts';
import { PreviewClient } from './preview-client.ts';
import { SocketSession } from './socket-session.ts';

/** The subprotocol that the gateway speaks, and the form in which a browser hands over its token. */
export const protocol = 'nightglass.v1';
export const tokenProtocol = 'nightglass.token.';

export interface DoorOptions {
  readonly server: Server;
  readonly services: GatewayServices;
  readonly authenticator: Authenticator;
  readonly auditor: Auditor;
  /** Where a request comes from, behind proxies of ours too. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly log: DebugLog;
  readonly observer: GatewayObserver;
}

type Target = { readonly kind: 'events' } | { readonly kind: 'preview'; readonly cameraId: string };

/** Lets WebSocket clients in at `/ws` and `/preview/:camera`, and owns them until they leave. */
export class SocketServer {
  readonly #options: DoorOptions;
  readonly #hub: EventHub;
  readonly #webSockets: WebSocketServer;
  readonly #sessions = { events: new Set<SocketSession>(), preview: new Set<SocketSession>() };
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

  /** Open event sockets. */
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
    for (const sessions of Object.values(this.#sessions)) {
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
      const target = this.#admit(request);
      const credentials = {
        token: offeredToken(request.headers['sec-websocket-protocol']),
        cookie: sessionSecretOf(request.headers.cookie),
      };
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#opened(webSocket, target, credentials, this.#options.addressOf(request));
      });
    } catch (error) {
      if (!(error instanceof GatewayError)) {
        this.#options.log.error({ err: error }, 'Cannot upgrade a connection');
      } else if (error.code === 'FORBIDDEN' || error.code === 'TOO_MANY_REQUESTS') {
        this.#options.auditor.denied({
          who: undefined,
          address: this.#options.addressOf(request),
          code: error.code,
          place: `socket ${(request.url ?? '').startsWith('/preview/') ? '/preview/:camera' : '/ws'}`,
        });
      }
      refuse(socket, error);
    }
  }

  #admit(request: IncomingMessage): Target {
    const { authenticator, addressOf, limits } = this.#options;
    const { remoteAddress } = request.socket;
    checkOrigin({ headers: request.headers, remoteAddress, open: authenticator.open });
    const target = targetOf(request.url ?? '');
    const full = target.kind === 'events' ? limits.maxClients : limits.maxPreviews;
    if (this.#sessions[target.kind].size >= full) {
      throw new GatewayError('TOO_MANY_REQUESTS', 'Cannot serve more clients now');
    }
    if (authenticator.blockedFor(addressOf(request)) > 0) {
      throw new GatewayError('TOO_MANY_REQUESTS', 'Too many failed attempts');
    }
    return target;
  }

  #opened(socket: WebSocket, target: Target, credentials: Credentials, address: string): void {
    const { authenticator, services, auditor, clock, limits, log, observer } = this.#options;
    const sessions = this.#sessions[target.kind];
    const place = target.kind === 'events' ? 'socket /ws' : 'socket /preview/:camera';
    const denied = (code: string, of: string | undefined) =>
      auditor.denied({
        who: session.principal?.name,
        address,
        code,
        place,
        ...(of === undefined ? {} : { target: of }),
      });
    // Session and client know each other; nothing is called back before `begin`.
    let client: EventClient | PreviewClient | undefined;
    const session: SocketSession = new SocketSession({
      socket,
      address,
      credentials,
      authenticator,
      clock,
      limits,
      log,
      onDenied: (code) => denied(code, undefined),
      onAdmitted: (principal) => {
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
        sessions.delete(session);
        if (client instanceof EventClient) this.#hub.remove(client);
        else client?.close();
        observer.clients?.(target.kind, sessions.size);
      },
    });
    client =
      target.kind === 'events'
        ? new EventClient({ session, services, auditor, denied, limits, log, observer })
        : new PreviewClient({
            session,
            cameraId: target.cameraId,
            preview: services.preview,
            denied,
            limits,
            log,
            observer,
          });
    sessions.add(session);
    observer.clients?.(target.kind, sessions.size);
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
  const cameraId = id.safeParse(/^\/preview\/([^/]+)$/.exec(path)?.[1]);
  if (cameraId.success) return { kind: 'preview', cameraId: cameraId.data };
  throw new GatewayError('NOT_FOUND', 'Cannot find this WebSocket');
}

function offeredToken(header: string | undefined): string | undefined {
  const offered = header?.split(',').map((name) => name.trim()) ?? [];
  const token = offered.find((name) => name.startsWith(tokenProtocol));
  return token?.slice(tokenProtocol.length);
}

function refuse(socket: Duplex, error: unknown): void {
  const status = error instanceof GatewayError ? statusOf(error.code) : 500;
  const text = error instanceof GatewayError ? error.message : 'Internal';
  // The server keeps half-open sockets, and no time-out watches one after its upgrade.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
