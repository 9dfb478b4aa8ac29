import { randomBytes, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../../src/domain/clock.ts';
import type { Answer, Quirks, SeenRequest } from './quirks.ts';
import { RtpStream } from './rtp-stream.ts';
import type { RtspAuthenticator } from './rtsp-auth.ts';
import { formatResponse, RtspParser, type RtspRequest, RtspSyntaxError } from './rtsp-message.ts';
import { parseTransport } from './rtsp-transport.ts';
import { describeSource } from './sdp.ts';
import { TcpTransport } from './tcp-transport.ts';
import { ThrottledTransport } from './throttled-transport.ts';
import type { UdpPorts } from './udp-ports.ts';
import type { CameraClient, VirtualCamera } from './virtual-camera.ts';

export interface RtspConnectionOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly authenticator: RtspAuthenticator;
  /** The camera of a path without leading and trailing slashes. */
  readonly findCamera: (path: string) => VirtualCamera | undefined;
  readonly udpPorts: () => Promise<UdpPorts>;
  /** A client that is silent for longer is cut, milliseconds. */
  readonly sessionTimeoutMs: number;
  readonly maxBacklogBytes: number;
}

interface Session extends CameraClient {
  readonly id: string;
  readonly camera: VirtualCamera;
}

type Headers = Record<string, string | readonly string[]>;

const methods = 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN';

/** One client's control connection with at most one session, which ends with it. */
export class RtspConnection {
  readonly #options: RtspConnectionOptions;
  readonly #parser = new RtspParser();
  #session: Session | undefined;
  #cancelTimeout: (() => void) | undefined;
  /** Requests are answered in order, also where an answer takes time. */
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: RtspConnectionOptions) {
    this.#options = options;
    const { socket } = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end());
    this.#touch();
  }

  /** Cuts the client. Idempotent. */
  close(): void {
    this.#options.socket.destroy();
    this.#end();
  }

  #receive(chunk: Buffer): void {
    this.#touch();
    try {
      for (const input of this.#parser.push(chunk)) {
        if (input.kind === 'request') this.#enqueue(input);
      }
    } catch (error) {
      if (!(error instanceof RtspSyntaxError)) throw error;
      this.#options.socket.end(formatResponse(400, { Connection: 'close' }));
      this.#end();
    }
  }

  #enqueue(request: RtspRequest): void {
    this.#waiting += 1;
    // A client that asks without listening to answers is cut instead of stored.
    if (
      this.#waiting > 32 ||
      this.#options.socket.writableLength > 2 * this.#options.maxBacklogBytes
    ) {
      this.close();
      return;
    }
    this.#work = this.#work.then(async () => {
      this.#waiting -= 1;
      if (!this.#options.socket.destroyed) await this.#handle(request);
    });
    this.#work.catch(() => this.close());
  }

  async #handle(request: RtspRequest): Promise<void> {
    const sequence = request.headers.get('cseq');
    if (sequence === undefined || !/^\d{1,10}$/.test(sequence)) {
      this.#options.socket.end(formatResponse(400, { Connection: 'close' }));
      return;
    }
    const camera = this.#options.findCamera(pathOf(request.uri)) ?? this.#session?.camera;
    const seen = { ...request, count: camera?.requests ?? 0 };
    camera?.countRequest();
    const reply = (status: number, headers: Headers = {}, body = ''): void =>
      this.#reply(camera?.quirks, seen, { status, headers: { CSeq: sequence, ...headers }, body });
    await this.#pause(camera?.quirks?.delays?.[request.method] ?? 0);
    if (camera === undefined) {
      if (request.method === 'OPTIONS') reply(200, { Public: methods });
      else reply(404);
      return;
    }
    if (camera.manner === 'hanging') return;
    if (camera.manner === 'resetting') {
      this.close();
      return;
    }
    if (camera.manner === 'not-found') {
      reply(404);
      return;
    }
    if (!this.#authorized(camera, request) || camera.quirks?.distrusts?.(seen) === true) {
      camera.countRefused();
      const scheme = camera.credentials?.scheme ?? 'digest';
      reply(401, { 'WWW-Authenticate': this.#options.authenticator.challenge(scheme) });
      return;
    }
    const instead = camera.quirks?.instead?.(seen) ?? null;
    if (instead !== null) reply(instead.status, { ...instead.headers });
    else await this.#answer(camera, request, reply);
  }

  #reply(quirks: Quirks | undefined, request: SeenRequest, usual: Answer): void {
    const { socket } = this.#options;
    if (socket.destroyed) return;
    const answer = quirks?.answer === undefined ? usual : quirks.answer(request, usual);
    if (answer === null) return;
    const bytes = formatResponse(answer.status, answer.headers, answer.body);
    const rewritten = quirks?.bytes?.(request, bytes.toString('latin1'));
    socket.write(rewritten === undefined ? bytes : Buffer.from(rewritten, 'latin1'));
    if (quirks?.closes?.(request, answer.status) === true) socket.end();
    if (request.method === 'PLAY' && answer.status === 200) {
      quirks?.onPlay?.(
        (extra) => socket.write(extra),
        () => !socket.destroyed,
      );
    }
  }

  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }

  #authorized(camera: VirtualCamera, request: RtspRequest): boolean {
    if (camera.manner === 'refusing') return false;
    if (camera.credentials === undefined || request.method === 'OPTIONS') return true;
    const header = request.headers.get('authorization');
    return this.#options.authenticator.accepts(camera.credentials, request.method, header);
  }

  async #answer(
    camera: VirtualCamera,
    request: RtspRequest,
    reply: (status: number, headers?: Headers, body?: string) => void,
  ): Promise<void> {
    switch (request.method) {
      case 'OPTIONS':
        reply(200, { Public: methods });
        return;
      case 'DESCRIBE':
        reply(
          200,
          { 'Content-Type': 'application/sdp', 'Content-Base': `${baseOf(request.uri)}/` },
          camera.quirks?.description?.(describeSource(camera.source)) ??
            describeSource(camera.source),
        );
        return;
      case 'SETUP':
        await this.#setup(camera, request, reply);
        return;
      default:
    }
    const session = this.#session;
    const given = request.headers.get('session')?.split(';')[0]?.trim();
    const inSession = session !== undefined && session.id === given;
    // Keep-alive without a session is allowed: some clients probe with it.
    if (!inSession && !(request.method.endsWith('_PARAMETER') && given === undefined)) {
      reply(454);
      return;
    }
    const head: Headers = inSession ? { Session: session.id } : {};
    switch (request.method) {
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        reply(200, head);
        return;
      case 'PLAY': {
        if (!inSession) return;
        const timestamp = session.stream.timestamp(camera.play(session));
        const url = `${baseOf(request.uri)}/trackID=0`;
        reply(200, {
          ...head,
          Range: 'npt=now-',
          'RTP-Info': `url=${url};seq=${session.stream.nextSequence};rtptime=${timestamp}`,
        });
        return;
      }
      case 'PAUSE':
        if (inSession) camera.pause(session);
        reply(200, head);
        return;
      case 'TEARDOWN':
        reply(200, head);
        this.#leave();
        return;
      default:
        reply(405, { Allow: methods });
    }
  }

  async #setup(
    camera: VirtualCamera,
    request: RtspRequest,
    reply: (status: number, headers?: Headers) => void,
  ): Promise<void> {
    if (this.#session !== undefined) {
      reply(455);
      return;
    }
    const wanted = parseTransport(request.headers.get('transport') ?? '');
    if (wanted === undefined) {
      reply(461);
      return;
    }
    const { socket, clock, maxBacklogBytes, sessionTimeoutMs } = this.#options;
    const ssrc = randomInt(1, 2 ** 32 - 1);
    const address = socket.remoteAddress ?? '';
    const inner =
      wanted.kind === 'tcp'
        ? new TcpTransport(socket, wanted.channel, ssrc, camera.quirks?.frames)
        : (await this.#options.udpPorts()).connect(address, wanted.ports, ssrc, () =>
            this.#touch(),
          );
    if (socket.destroyed) {
      inner.close();
      return;
    }
    const transport = new ThrottledTransport(inner, clock);
    const session: Session = {
      id: randomBytes(8).toString('hex'),
      camera,
      transport,
      stream: new RtpStream({
        transport,
        ssrc,
        sequence: randomInt(0, 65536),
        timestampOffset: randomInt(0, 2 ** 31),
        maxBacklogBytes,
        quirks: camera.quirks,
        onUnitDropped: () => camera.countUnitDropped(),
      }),
      cut: () => this.close(),
    };
    this.#session = session;
    camera.join(session);
    reply(200, {
      Transport: inner.header,
      Session: `${session.id};timeout=${Math.ceil(sessionTimeoutMs / 1000)}`,
    });
  }

  #touch(): void {
    this.#cancelTimeout?.();
    if (this.#options.socket.destroyed) return;
    const { clock, sessionTimeoutMs } = this.#options;
    this.#cancelTimeout = clock.after(sessionTimeoutMs, () => this.close());
  }

  #leave(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.camera.leave(session);
  }

  #end(): void {
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
    this.#leave();
  }
}

/** The request's URL without credentials, query, track and trailing slash. */
function baseOf(uri: string): string {
  return uri
    .replace(/^(rtsps?:\/\/)[^/@]*@/i, '$1')
    .replace(/\?.*$/, '')
    .replace(/\/trackID=\d+$/, '')
    .replace(/\/+$/, '');
}

function pathOf(uri: string): string {
  return baseOf(uri).replace(/^rtsps?:\/\/[^/]*\/?/i, '');
}
