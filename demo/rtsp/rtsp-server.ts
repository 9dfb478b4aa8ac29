import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type Clock, systemClock } from '../../src/domain/clock.ts';
import type { EncodedSource } from '../media/encoded-source.ts';
import { hashText } from '../media/random.ts';
import type { CameraControl } from './camera-control.ts';
import type { Quirks } from './quirks.ts';
import { RtspAuthenticator } from './rtsp-auth.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { UdpPorts } from './udp-ports.ts';
import { VirtualCamera } from './virtual-camera.ts';

export interface VirtualCameraOptions {
  /** Path of the URL, such as `front/main`; letters, digits, `-`, `_`, `.` and `/`. */
  readonly path: string;
  readonly source: EncodedSource;
  /** With a user name the camera asks for credentials. */
  readonly username?: string;
  readonly password?: string;
  /** Default `digest`. */
  readonly auth?: 'digest' | 'basic';
  /** How it departs from the standards, always. */
  readonly quirks?: Quirks;
}

export interface RtspServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly cameras: readonly VirtualCameraOptions[];
  readonly clock?: Clock;
  /** Seed of all ordered faults, default 1. */
  readonly seed?: number;
  /** Clients beyond this many are turned away, default 64. */
  readonly maxConnections?: number;
  /** A client that says nothing for longer is cut, default 60000. */
  readonly sessionTimeoutMs?: number;
  /** Media is dropped up to the next key picture while a client has more unread, default 1 MiB. */
  readonly maxBacklogBytes?: number;
}

/** A running server. */
export interface RtspServer {
  readonly port: number;
  readonly listening: boolean;
  /** Control connections now. */
  readonly connections: number;
  /** Control connections since the start. */
  readonly accepted: number;
  /** URL of a camera, without credentials unless asked for. */
  url(path: string, options?: { credentials?: boolean }): string;
  /** @throws RangeError when there is no such camera */
  camera(path: string): CameraControl;
  /** Refuses connections and cuts all clients: the machine is off. */
  stopListening(): Promise<void>;
  /** Listens again, on the same port. */
  startListening(): Promise<void>;
  /** Cuts all clients and frees everything. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts an RTSP 1.0 server (RFC 2326) whose cameras play footage endlessly,
 * over UDP or interleaved TCP, and misbehave on order.
 */
export async function createRtspServer(options: RtspServerOptions): Promise<RtspServer> {
  const server = new VirtualRtspServer(options);
  await server.startListening();
  return server;
}

class VirtualRtspServer implements RtspServer {
  readonly #host: string;
  readonly #cameras = new Map<string, VirtualCamera>();
  readonly #server: Server;
  readonly #connections = new Set<RtspConnection>();
  #port: number;
  #accepted = 0;
  #udpPorts: Promise<UdpPorts> | undefined;
  #closed = false;

  constructor(options: RtspServerOptions) {
    this.#host = options.host ?? '127.0.0.1';
    this.#port = options.port ?? 0;
    const clock = options.clock ?? systemClock;
    for (const camera of options.cameras) {
      this.#cameras.set(camera.path, createCamera(camera, clock, options.seed ?? 1));
    }
    const authenticator = new RtspAuthenticator(() => clock.now());
    const maxConnections = options.maxConnections ?? 64;
    this.#server = createServer((socket) => {
      if (this.#connections.size >= maxConnections) {
        socket.destroy();
        return;
      }
      const connection = new RtspConnection({
        socket,
        clock,
        authenticator,
        findCamera: (path) => this.#cameras.get(path),
        udpPorts: () => this.#openUdp(),
        sessionTimeoutMs: options.sessionTimeoutMs ?? 60_000,
        maxBacklogBytes: options.maxBacklogBytes ?? 1024 * 1024,
      });
      this.#connections.add(connection);
      this.#accepted += 1;
      socket.once('close', () => this.#connections.delete(connection));
    });
  }

  get port(): number {
    return this.#port;
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get accepted(): number {
    return this.#accepted;
  }

  url(path: string, options: { credentials?: boolean } = {}): string {
    const { credentials } = this.#camera(path);
    const user =
      options.credentials && credentials !== undefined
        ? `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`
        : '';
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `rtsp://${user}${host}:${this.#port}/${path}`;
  }

  camera(path: string): CameraControl {
    return this.#camera(path);
  }

  async startListening(): Promise<void> {
    if (this.#closed) throw new TypeError('Cannot listen: the server is closed');
    if (this.#server.listening) return;
    const listening = once(this.#server, 'listening');
    this.#server.listen(this.#port, this.#host);
    await listening;
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  async stopListening(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#connections) connection.close();
    await closed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const camera of this.#cameras.values()) camera.close();
    await this.stopListening();
    const ports = await this.#udpPorts?.catch(() => undefined);
    await ports?.close();
  }

  #camera(path: string): VirtualCamera {
    const camera = this.#cameras.get(path);
    if (camera === undefined)
      throw new RangeError(`Cannot find camera ${path}: none has this path`);
    return camera;
  }

  #openUdp(): Promise<UdpPorts> {
    this.#udpPorts ??= UdpPorts.open(this.#host);
    return this.#udpPorts;
  }
}

function createCamera(options: VirtualCameraOptions, clock: Clock, seed: number): VirtualCamera {
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(options.path)) {
    throw new RangeError(`Cannot make camera ${options.path}: the path is not valid`);
  }
  return new VirtualCamera({
    path: options.path,
    source: options.source,
    credentials:
      options.username === undefined
        ? undefined
        : {
            username: options.username,
            password: options.password ?? '',
            scheme: options.auth ?? 'digest',
          },
    clock,
    quirks: options.quirks,
    seed: (seed ^ hashText(options.path)) >>> 0,
  });
}
