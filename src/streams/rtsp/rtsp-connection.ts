import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type Credentials, RtspAuthorizer } from './rtsp-auth.ts';
import { type RtspHeaders, RtspReader } from './rtsp-reader.ts';

export interface RtspResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: RtspHeaders;
  readonly body: Buffer;
}

export interface RtspConnectionOptions {
  readonly url: URL;
  readonly credentials: Credentials | null;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onData: (channel: number, payload: Buffer) => void;
  /** Called once when the connection ends, also by `close()`. */
  readonly onEnd: (why: NightglassError) => void;
}

interface Waiting {
  readonly resolve: (response: RtspResponse) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/**
 * A host that is off swallows the first packet, and TCP repeats it ever more
 * seldom: short attempts see sooner that it is back.
 */
const maxConnectMs = 2_000;

/** Host and port of an RTSP URL, for messages: never its user part or path. */
export function authority(url: URL): string {
  return `${url.hostname}:${url.port === '' ? defaultPort(url) : url.port}`;
}

function defaultPort(url: URL): number {
  return url.protocol === 'rtsps:' ? 322 : 554;
}

/** One RTSP control connection: sends requests, answers challenges, hands out interleaved packets. */
export class RtspConnection {
  readonly #options: RtspConnectionOptions;
  readonly #socket: Socket;
  readonly #reader = new RtspReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #authorizer: RtspAuthorizer | null;
  #sequence = 0;
  #ended: NightglassError | null = null;

  private constructor(options: RtspConnectionOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#authorizer =
      options.credentials === null ? null : new RtspAuthorizer(options.credentials);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onBytes(chunk));
    socket.on('error', (error) => this.#end(unreachable(options.url, error)));
    socket.on('close', () => this.#end(ended(options.url)));
  }

  /**
   * Connects.
   * @throws NightglassError `STREAM_UNREACHABLE`
   */
  static open(options: RtspConnectionOptions, signal: AbortSignal): Promise<RtspConnection> {
    const { url, clock } = options;
    const timeoutMs = Math.min(options.timeoutMs, maxConnectMs);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = url.port === '' ? defaultPort(url) : Number(url.port);
    const secure = url.protocol === 'rtsps:';
    const socket = secure
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectTcp({ host, port });
    return new Promise((resolve, reject) => {
      const settle = (error: NightglassError | null) => {
        cancel();
        signal.removeEventListener('abort', onAbort);
        socket.off('error', onError);
        socket.off(secure ? 'secureConnect' : 'connect', onConnect);
        if (error === null) return resolve(new RtspConnection(options, socket));
        // A late error of a socket that nobody reads any more must not end the process.
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      };
      const onError = (error: Error) => settle(unreachable(url, error));
      const onConnect = () => settle(null);
      const onAbort = () => settle(aborted(url));
      const cancel = clock.after(timeoutMs, () => settle(timedOut(url, timeoutMs)));
      socket.on('error', onError);
      socket.on(secure ? 'secureConnect' : 'connect', onConnect);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
    });
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  /** Sends a request, answering one challenge, and gives the response whatever its status. */
  async request(
    method: string,
    uri: string,
    headers: Record<string, string> = {},
  ): Promise<RtspResponse> {
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.#send(method, uri, headers);
      if (response.status !== 401 || attempt >= 2) return response;
      const challenges = response.headers.get('www-authenticate') ?? [];
      if (this.#authorizer === null || !this.#authorizer.challenged(challenges)) return response;
    }
  }

  /** Sends without waiting for an answer; does nothing once the connection ended. */
  sendInterleaved(channel: number, payload: Buffer): void {
    if (this.#ended !== null) return;
    const head = Buffer.from([0x24, channel, 0, 0]);
    head.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  /** Ends the connection, after a last request without an answer if one is given. Idempotent. */
  async close(last?: {
    method: string;
    uri: string;
    headers: Record<string, string>;
  }): Promise<void> {
    const socket = this.#socket;
    if (this.#ended === null && last !== undefined) {
      this.#sequence += 1;
      socket.write(this.#compose(last.method, last.uri, last.headers, this.#sequence));
    }
    this.#end(ended(this.#options.url));
    if (socket.closed) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(500, () => socket.destroy());
      socket.once('close', () => {
        cancel();
        resolve();
      });
      socket.destroySoon();
    });
  }

  #send(method: string, uri: string, headers: Record<string, string>): Promise<RtspResponse> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    this.#sequence += 1;
    const sequence = this.#sequence;
    return new Promise((resolve, reject) => {
      const { clock, timeoutMs, url } = this.#options;
      const cancel = clock.after(timeoutMs, () => {
        this.#waiting.delete(sequence);
        reject(timedOut(url, timeoutMs));
      });
      this.#waiting.set(sequence, { resolve, reject, cancel });
      this.#socket.write(this.#compose(method, uri, headers, sequence));
    });
  }

  #compose(method: string, uri: string, headers: Record<string, string>, sequence: number): string {
    const authorization = this.#authorizer?.header(method, uri) ?? null;
    const lines = [
      `${method} ${uri} RTSP/1.0`,
      `CSeq: ${sequence}`,
      'User-Agent: Nightglass',
      ...(authorization === null ? [] : [`Authorization: ${authorization}`]),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  #onBytes(chunk: Buffer): void {
    try {
      for (const item of this.#reader.push(chunk)) {
        if (this.#ended !== null) return;
        if (item.kind === 'data') this.#options.onData(item.channel, item.payload);
        else if (item.kind === 'response') this.#onResponse(item);
        else this.#answer(item.headers);
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `Cannot read the stream of ${authority(this.#options.url)}: ${why}`;
      this.#end(new NightglassError('STREAM_UNSUPPORTED', message));
    }
  }

  #onResponse(response: RtspResponse): void {
    // Servers exist that forget the number: then the oldest request is meant.
    const given = Number(response.headers.get('cseq')?.[0] ?? Number.NaN);
    const sequence = this.#waiting.has(given) ? given : [...this.#waiting.keys()][0];
    if (sequence === undefined) return;
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    waiting?.cancel();
    waiting?.resolve({ ...response, body: Buffer.from(response.body) });
  }

  /** Servers may ask for signs of life. */
  #answer(headers: RtspHeaders): void {
    this.#socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${headers.get('cseq')?.[0] ?? 0}\r\n\r\n`);
  }

  #end(why: NightglassError): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    for (const waiting of this.#waiting.values()) {
      waiting.cancel();
      waiting.reject(why);
    }
    this.#waiting.clear();
    this.#socket.destroySoon();
    this.#options.onEnd(why);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be resolved now',
  ETIMEDOUT: 'it does not answer',
};

function unreachable(url: URL, error: Error): NightglassError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const hint = 'Check the address, the port and the network.';
  const why = reasons[code] ?? code;
  return new NightglassError('STREAM_UNREACHABLE', `Cannot reach ${authority(url)}: ${why}`, {
    hint,
  });
}

function timedOut(url: URL, ms: number): NightglassError {
  const message = `Cannot reach ${authority(url)}: no answer within ${ms / 1000} s`;
  return new NightglassError('STREAM_UNREACHABLE', message, {
    hint: 'Check the address, the port and the network.',
  });
}

function aborted(url: URL): NightglassError {
  return new NightglassError('STREAM_ENDED', `Cannot reach ${authority(url)}: closed by us`);
}

function ended(url: URL): NightglassError {
  return new NightglassError(
    'STREAM_ENDED',
    `Cannot go on with ${authority(url)}: the stream ended`,
  );
}
