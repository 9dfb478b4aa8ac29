import type { Duplex } from 'node:stream';
import type { Clock } from '../../domain/clock.ts';
import type { NightglassError } from '../../domain/errors.ts';
import { sameHost } from './rtsp-address.ts';
import { type Credentials, RtspAuthorizer } from './rtsp-auth.ts';
import { RtspConnection, type RtspResponse } from './rtsp-connection.ts';
import { aborted, ended, unsupported } from './rtsp-errors.ts';
import { openTunnel } from './rtsp-tunnel.ts';
import { bounds, type StreamLimits } from './stream-limits.ts';
import type { StreamNotes } from './stream-notes.ts';
import { type HostAddresses, openWire, type TlsTrust } from './wire.ts';

/** How a camera is spoken to, whichever client does. */
export interface CameraAccess {
  /** `rtsp://` or `rtsps://`, without user and password. */
  readonly url: URL;
  readonly credentials: Credentials | null;
  /** Whether the password may go out as it is without TLS. */
  readonly allowBasic: boolean;
  readonly tls?: TlsTrust | undefined;
  /** Where its host may be, asked at each connection and redirect. */
  readonly addresses?: HostAddresses | undefined;
  readonly limits: StreamLimits;
  readonly clock: Clock;
  readonly notes: StreamNotes;
}

export interface ConversationOptions extends CameraAccess {
  readonly throughHttp: boolean;
  readonly onData: (channel: number, payload: Buffer) => void;
  /** The connection in use ended, other than by a redirect or for the sake of a challenge. */
  readonly onEnd: (why: NightglassError) => void;
}

/** Times in a row that a connection is opened again because the camera closes it with its challenge. */
const maxReopenings = 3;

/**
 * The control side of one session: over one connection after another where the
 * camera closes it after a challenge or sends us elsewhere. Credentials go to
 * the host they are for and to no other.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #signal: AbortSignal;
  #url: URL;
  #authorizer: RtspAuthorizer | null;
  #connection: RtspConnection | null = null;
  #addresses = { local: '', remote: '' };
  #reopenings = 0;
  #redirects = 0;
  #closed = false;

  constructor(options: ConversationOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#url = options.url;
    this.#authorizer = this.#authorize(options.url, options.credentials);
  }

  /** Where the camera is by now; differs from the URL given after a redirect. */
  get url(): URL {
    return this.#url;
  }

  get localAddress(): string {
    return this.#addresses.local;
  }

  get remoteAddress(): string {
    return this.#addresses.remote;
  }

  /** Asks, and follows up to the answer whatever its status. */
  async ask(
    method: string,
    uri: string,
    headers: Record<string, string> = {},
  ): Promise<RtspResponse> {
    for (;;) {
      const connection = await this.#connected();
      try {
        const response = await connection.request(method, uri, headers);
        this.#reopenings = 0;
        return response;
      } catch (error) {
        if (!connection.endedAfterChallenge || this.#reopenings >= maxReopenings) throw error;
        this.#reopenings += 1;
        this.#connection = null;
      }
    }
  }

  /** Goes where the camera says. @throws NightglassError `STREAM_UNSUPPORTED` */
  async redirect(location: string | undefined): Promise<void> {
    const next = URL.parse(location ?? '', this.#url.href);
    this.#redirects += 1;
    if (next === null || !/^rtsps?:$/.test(next.protocol)) {
      throw unsupported(this.#url, 'it sends us to no RTSP address', 'Check its redirect.');
    }
    if (this.#redirects > bounds.redirects) {
      throw unsupported(this.#url, 'it sends us in circles', 'Check its redirect.');
    }
    const own = { username: decode(next.username), password: decode(next.password) };
    next.username = '';
    next.password = '';
    const given = own.username === '' ? null : own;
    const safe = sameHost(next, this.#options.url) && !isDowngrade(this.#options.url, next);
    const before = this.#connection;
    this.#connection = null;
    this.#url = next;
    this.#authorizer = this.#authorize(next, given ?? (safe ? this.#options.credentials : null));
    await before?.close();
  }

  /** Sends without waiting for an answer. */
  sendInterleaved(channel: number, payload: Buffer): void {
    this.#connection?.sendInterleaved(channel, payload);
  }

  /** Idempotent. */
  async close(last?: Parameters<RtspConnection['close']>[0]): Promise<void> {
    this.#closed = true;
    await this.#connection?.close(last);
  }

  async #connected(): Promise<RtspConnection> {
    if (this.#connection !== null) return this.#connection;
    const { addresses, clock, notes, limits, onData, tls } = this.#options;
    const url = this.#url;
    const wire = { url, limits, tls, clock, addresses };
    let stream: Duplex;
    if (this.#options.throughHttp) {
      if (url.port === '') wire.url = Object.assign(new URL(url), { port: '80' });
      const tunnel = await openTunnel({ ...wire, authorizer: this.#authorizer }, this.#signal);
      this.#note(tunnel.socket);
      stream = tunnel.stream;
    } else {
      const socket = await openWire(wire, this.#signal);
      socket.setNoDelay(true);
      this.#note(socket);
      stream = socket;
    }
    const connection: RtspConnection = new RtspConnection(
      {
        url,
        authorizer: this.#authorizer,
        answerMs: limits.answerMs,
        clock,
        notes,
        onData: (channel, payload) => {
          if (this.#connection === connection) onData(channel, payload);
        },
        onEnd: (why) => {
          if (this.#connection !== connection) return;
          if (!connection.endedAfterChallenge || this.#reopenings >= maxReopenings)
            this.#options.onEnd(why);
        },
      },
      stream,
    );
    this.#connection = connection;
    if (this.#closed || this.#signal.aborted) {
      await connection.close();
      throw this.#signal.aborted ? aborted(url) : ended(url);
    }
    return connection;
  }

  #note(socket: { localAddress?: string | undefined; remoteAddress?: string | undefined }): void {
    this.#addresses = { local: socket.localAddress ?? '', remote: socket.remoteAddress ?? '' };
  }

  #authorize(url: URL, credentials: Credentials | null): RtspAuthorizer | null {
    if (credentials === null) return null;
    const allowBasic = this.#options.allowBasic || url.protocol === 'rtsps:';
    return new RtspAuthorizer(credentials, { allowBasic });
  }
}

function isDowngrade(from: URL, to: URL): boolean {
  return from.protocol === 'rtsps:' && to.protocol !== 'rtsps:';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
