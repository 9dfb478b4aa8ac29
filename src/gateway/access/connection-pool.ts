import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { Log } from '../../domain/log.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { networkOf, type TrustedProxies } from './client-address.ts';

export interface ConnectionPoolOptions {
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly proxies: TrustedProxies;
  readonly limits: Pick<
    GatewayLimits,
    'maxConnections' | 'maxConnectionsPerToken' | 'maxStrangers' | 'maxStrangersPerAddress'
  >;
}

interface Connection {
  readonly socket: Socket;
  /** Network that it is counted by; undefined behind a proxy of ours, where many share an address. */
  readonly network: string | undefined;
  /** Token that it is known by; undefined for a stranger. */
  token?: string;
}

const warnEveryMs = 60_000;

/**
 * The connections of the gateway, HTTP and WebSocket alike. Those that have not said who they are
 * have a small pool of their own, in which the oldest one makes room: a stranger can neither fill
 * the gateway nor keep others from the door. A connection that has shown a valid token or session
 * leaves that pool, and no stranger's doing ends it.
 */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #all = new Map<string, Connection>();
  /** Oldest first. */
  readonly #strangers = new Map<string, Connection>();
  readonly #strangersByNetwork = new Map<string, Set<string>>();
  readonly #byToken = new Map<string, number>();
  readonly #turnedAway = { count: 0, warnedAt: Number.NEGATIVE_INFINITY };

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
  }

  /** Connections at present: of everybody, and of those who have not said who they are. */
  get size(): { readonly all: number; readonly strangers: number } {
    return { all: this.#all.size, strangers: this.#strangers.size };
  }

  /** Counts every connection of the server from now on. */
  follow(server: Server): void {
    // Before TLS, too: a handshake that never ends is a stranger's.
    server.on('connection', (socket: Socket) => this.#opened(socket));
  }

  /**
   * Says whose a connection is, once that is known.
   * @throws GatewayError `TOO_MANY_REQUESTS` where the token has too many: the connection stays
   * a stranger's
   */
  known(socket: Socket, token: string): void {
    const key = keyOf(socket);
    const connection = key === undefined ? undefined : this.#all.get(key);
    // A connection belongs to whom it was known by first; one that has closed belongs to nobody.
    if (key === undefined || connection === undefined || connection.token !== undefined) return;
    const count = this.#byToken.get(token) ?? 0;
    if (count >= this.#options.limits.maxConnectionsPerToken) {
      throw new GatewayError('TOO_MANY_REQUESTS', 'Too many connections with this token', {
        retryAfter: 10,
      });
    }
    this.#byToken.set(token, count + 1);
    connection.token = token;
    this.#noStranger(key, connection);
  }

  #opened(socket: Socket): void {
    const key = keyOf(socket);
    // Closed before it was seen.
    if (key === undefined) {
      socket.destroy();
      return;
    }
    const { limits, proxies } = this.#options;
    const { remoteAddress = '' } = socket;
    const network = proxies(remoteAddress) ? undefined : networkOf(remoteAddress);
    const own = network === undefined ? undefined : this.#strangersByNetwork.get(network);
    if (own !== undefined && own.size >= limits.maxStrangersPerAddress) this.#turnAway(own);
    if (
      this.#strangers.size >= limits.maxStrangers ||
      (this.#all.size >= limits.maxConnections && this.#strangers.size > 0)
    ) {
      this.#turnAway(this.#strangers);
    }
    if (this.#all.size >= limits.maxConnections) {
      this.#count();
      socket.destroy();
      return;
    }
    const connection: Connection = { socket, network };
    this.#all.set(key, connection);
    this.#strangers.set(key, connection);
    if (network !== undefined) {
      const set = this.#strangersByNetwork.get(network) ?? new Set();
      this.#strangersByNetwork.set(network, set.add(key));
    }
    socket.once('close', () => this.#closed(key, connection));
  }

  #turnAway(among: { keys(): Iterator<string> }): void {
    const oldest = among.keys().next();
    if (oldest.done) return;
    const connection = this.#strangers.get(oldest.value);
    if (connection === undefined) return;
    this.#count();
    this.#closed(oldest.value, connection);
    connection.socket.destroy();
  }

  #closed(key: string, connection: Connection): void {
    if (this.#all.get(key) !== connection) return;
    this.#all.delete(key);
    this.#noStranger(key, connection);
    const { token } = connection;
    if (token === undefined) return;
    const left = (this.#byToken.get(token) ?? 1) - 1;
    if (left > 0) this.#byToken.set(token, left);
    else this.#byToken.delete(token);
  }

  #noStranger(key: string, { network }: Connection): void {
    this.#strangers.delete(key);
    if (network === undefined) return;
    const own = this.#strangersByNetwork.get(network);
    own?.delete(key);
    if (own?.size === 0) this.#strangersByNetwork.delete(network);
  }

  /** Counts one that was cut off or refused; the log hears of it once a minute. */
  #count(): void {
    const { clock, log } = this.#options;
    this.#turnedAway.count += 1;
    const now = clock.monotonic();
    if (now - this.#turnedAway.warnedAt < warnEveryMs) return;
    log.warn(
      { count: this.#turnedAway.count, ...this.size },
      'Cut off connections that did not say who they are, to make room',
    );
    Object.assign(this.#turnedAway, { count: 0, warnedAt: now });
  }
}

/** Both ends' place: the same for a socket and for the TLS that is spoken over it. */
function keyOf({ remoteAddress, remotePort, localPort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress}|${remotePort}|${localPort}`;
}
