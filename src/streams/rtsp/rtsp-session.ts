import { randomBytes } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { receiverReport, saysGoodbye } from './rtcp.ts';
import { type OrderedPacket, RtpReceiver } from './rtp-receiver.ts';
import { joinControl, sameAddress } from './rtsp-address.ts';
import type { Credentials } from './rtsp-auth.ts';
import { authority, RtspConnection, type RtspResponse } from './rtsp-connection.ts';
import { parseSdp, type SdpVideo } from './sdp.ts';
import { bindUdpPorts, type UdpPorts } from './udp-ports.ts';

export interface RtspSessionOptions {
  /** `rtsp://` or `rtsps://`, without user and password. */
  readonly url: URL;
  readonly credentials: Credentials | null;
  readonly transport: 'tcp' | 'udp';
  /** For connecting and for each answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called before the first packet. */
  readonly onVideo: (video: SdpVideo) => void;
  readonly onPacket: (packet: OrderedPacket) => void;
  /** Called once when the server ends the stream or the connection breaks; not after `close()`. */
  readonly onEnd: (why: NightglassError) => void;
}

export interface RtspSession {
  /** Idempotent. */
  close(): Promise<void>;
}

const reportInterval = 5_000;

/**
 * Plays the first decodable video of an RTSP URL (RFC 2326).
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNAUTHORIZED`, `STREAM_UNSUPPORTED`,
 *   `STREAM_ENDED` when aborted
 */
export async function openRtspSession(
  options: RtspSessionOptions,
  signal: AbortSignal,
): Promise<RtspSession> {
  const player = new Player(options);
  const onAbort = () => void player.close();
  signal.addEventListener('abort', onAbort);
  try {
    await player.open(signal);
    return player;
  } catch (error) {
    await player.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

class Player implements RtspSession {
  readonly #options: RtspSessionOptions;
  readonly #uri: string;
  #connection: RtspConnection | null = null;
  #ports: UdpPorts | null = null;
  #receiver: RtpReceiver | null = null;
  #aggregate: string;
  #session: string | null = null;
  #keepAliveMethod = 'OPTIONS';
  #channels = { rtp: 0, rtcp: 1 };
  #cancelTimers: (() => void)[] = [];
  #opened = false;
  #earlyEnd: NightglassError | null = null;
  #closing = false;
  #closed: Promise<void> | null = null;

  constructor(options: RtspSessionOptions) {
    this.#options = options;
    this.#uri = options.url.href;
    this.#aggregate = this.#uri;
  }

  async open(signal: AbortSignal): Promise<void> {
    const { url, credentials, timeoutMs, clock } = this.#options;
    this.#connection = await RtspConnection.open(
      {
        url,
        credentials,
        timeoutMs,
        clock,
        onData: (channel, payload) => this.#onInterleaved(channel, payload),
        onEnd: (why) => this.#end(why),
      },
      signal,
    );
    const options = await this.#ask('OPTIONS', this.#uri);
    const methods = options.headers.get('public')?.join(',') ?? '';
    if (methods.includes('GET_PARAMETER')) this.#keepAliveMethod = 'GET_PARAMETER';
    const described = await this.#ask('DESCRIBE', this.#uri, { Accept: 'application/sdp' });
    const description = parseSdp(described.body.toString('utf8'));
    const { video } = description;
    if (video === null) throw this.#unsupported(description.encodings);
    const base = described.headers.get('content-base')?.[0] ?? this.#uri;
    this.#aggregate = /^rtsps?:/i.test(description.control) ? description.control : base;
    this.#receiver = new RtpReceiver({
      payloadType: video.payloadType,
      reorders: this.#options.transport === 'udp',
    });
    this.#options.onVideo(video);
    await this.#setUp(joinControl(base, video.control));
    await this.#ask('PLAY', this.#aggregate, { Session: this.#session ?? '', Range: 'npt=0.000-' });
    this.#opened = true;
    // A stream may be over before the caller holds its session.
    const earlyEnd = this.#earlyEnd as NightglassError | null;
    if (earlyEnd !== null) queueMicrotask(() => this.#end(earlyEnd));
    this.#repeat(reportInterval, () => this.#report());
  }

  close(): Promise<void> {
    this.#closing = true;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const cancel of this.#cancelTimers.splice(0)) cancel();
    this.#ports?.close();
    this.#ports = null;
    const headers = { Session: this.#session ?? '' };
    const last = { method: 'TEARDOWN', uri: this.#aggregate, headers };
    await this.#connection?.close(this.#session === null ? undefined : last);
  }

  async #setUp(uri: string): Promise<void> {
    const transport = await this.#transportHeader();
    const response = await this.#ask('SETUP', uri, { Transport: transport });
    const session = /^([^;]+)(?:.*;\s*timeout\s*=\s*(\d+))?/i.exec(
      response.headers.get('session')?.[0] ?? '',
    );
    this.#session = session?.[1]?.trim() ?? null;
    const lifetime = Math.max(Number(session?.[2] ?? 60), 4);
    this.#repeat((lifetime * 1000) / 2, () => this.#keepAlive());
    const answer = response.headers.get('transport')?.[0] ?? '';
    const interleaved = /interleaved=(\d+)(?:-(\d+))?/i.exec(answer);
    if (interleaved !== null) {
      const rtp = Number(interleaved[1]);
      this.#channels = { rtp, rtcp: Number(interleaved[2] ?? rtp + 1) };
    }
    const server = /server_port=(\d+)(?:-(\d+))?/i.exec(answer);
    if (this.#ports !== null && server !== null) this.#openFirewall(this.#ports, server);
  }

  async #transportHeader(): Promise<string> {
    if (this.#options.transport === 'tcp') return 'RTP/AVP/TCP;unicast;interleaved=0-1';
    const address = this.#connection?.localAddress ?? '';
    const ports = await bindUdpPorts(address);
    if (this.#closing) {
      ports.close();
      throw new NightglassError('STREAM_ENDED', `Cannot reach ${this.#host()}: closed by us`);
    }
    this.#ports = ports;
    const sender = this.#connection?.remoteAddress ?? '';
    ports.rtp.on('message', (datagram, from) => {
      // Anybody may send to an open port: only the camera's own packets count.
      if (sameAddress(from.address, sender)) this.#onRtp(datagram);
    });
    ports.rtcp.on('message', (datagram, from) => {
      if (sameAddress(from.address, sender)) this.#onRtcp(datagram);
    });
    return `RTP/AVP;unicast;client_port=${ports.rtpPort}-${ports.rtpPort + 1}`;
  }

  /** Packets from the inside let the camera's packets through address translation. */
  #openFirewall(ports: UdpPorts, server: RegExpExecArray): void {
    const address = this.#connection?.remoteAddress ?? '';
    const rtpPort = Number(server[1]);
    const rtcpPort = Number(server[2] ?? rtpPort + 1);
    const opener = Buffer.alloc(12);
    opener[0] = 0x80;
    if (rtpPort > 0 && rtpPort < 65_535) ports.rtp.send(opener, rtpPort, address);
    if (rtcpPort > 0 && rtcpPort < 65_536) ports.rtcp.connect(rtcpPort, address);
  }

  readonly #reporter = randomBytes(4).readUInt32BE(0);

  #report(): void {
    const receiver = this.#receiver;
    if (receiver === null || receiver.received === 0) return;
    const report = receiverReport(this.#reporter, receiver);
    if (this.#ports === null) this.#connection?.sendInterleaved(this.#channels.rtcp, report);
    else {
      try {
        this.#ports.rtcp.send(report);
      } catch {
        // Not connected yet: the server gave no port for reports.
      }
    }
  }

  #keepAlive(): void {
    if (!this.#opened || this.#session === null) return;
    const headers = { Session: this.#session };
    // An answer is not needed: frame silence is what tells a dead camera.
    this.#connection
      ?.request(this.#keepAliveMethod, this.#aggregate, headers)
      .catch(() => undefined);
  }

  #repeat(ms: number, action: () => void): void {
    if (this.#closing) return;
    let cancel: () => void = () => undefined;
    const arm = () => {
      cancel = this.#options.clock.after(ms, () => {
        action();
        arm();
      });
    };
    arm();
    this.#cancelTimers.push(() => cancel());
  }

  #onInterleaved(channel: number, payload: Buffer): void {
    if (channel === this.#channels.rtp) this.#onRtp(payload);
    else if (channel === this.#channels.rtcp) this.#onRtcp(payload);
  }

  #onRtp(datagram: Buffer): void {
    if (this.#closing || this.#receiver === null) return;
    for (const packet of this.#receiver.push(datagram)) this.#options.onPacket(packet);
  }

  #onRtcp(datagram: Buffer): void {
    if (!saysGoodbye(datagram)) return;
    const message = `Cannot go on with ${this.#host()}: the camera ended the stream`;
    this.#end(new NightglassError('STREAM_ENDED', message));
  }

  #end(why: NightglassError): void {
    if (this.#closing) return;
    if (!this.#opened) {
      this.#earlyEnd ??= why;
      return;
    }
    void this.close();
    this.#options.onEnd(why);
  }

  async #ask(
    method: string,
    uri: string,
    headers: Record<string, string> = {},
  ): Promise<RtspResponse> {
    const connection = this.#connection;
    if (connection === null) throw new TypeError('Cannot ask: there is no connection');
    const response = await connection.request(method, uri, headers);
    if (response.status >= 200 && response.status < 300) return response;
    // Some servers do not know OPTIONS, or want no credentials for it.
    if (method === 'OPTIONS' && response.status !== 401) return response;
    throw this.#refused(method, response);
  }

  #refused(method: string, { status, reason }: RtspResponse): NightglassError {
    if (status === 401 || status === 403) {
      const hint = 'Check the user name and the password of this camera.';
      const message = `Cannot play from ${this.#host()}: the credentials were refused`;
      return new NightglassError('STREAM_UNAUTHORIZED', message, { hint });
    }
    if (status === 461) {
      const message = `Cannot play from ${this.#host()}: it does not offer ${this.#options.transport}`;
      return new NightglassError('STREAM_UNSUPPORTED', message, {
        hint: 'Use the other transport.',
      });
    }
    const words =
      status === 404
        ? 'there is no stream of this name'
        : `${method} was answered ${status} ${reason}`;
    return new NightglassError('STREAM_UNREACHABLE', `Cannot play from ${this.#host()}: ${words}`, {
      hint: 'Check the path in the URL of this camera.',
    });
  }

  #unsupported(encodings: readonly string[]): NightglassError {
    const what = encodings.length === 0 ? 'no video' : `only ${encodings.join(', ')}`;
    return new NightglassError(
      'STREAM_UNSUPPORTED',
      `Cannot play from ${this.#host()}: it offers ${what}`,
      {
        hint: 'Set the camera to H.264, H.265 or MJPEG.',
      },
    );
  }

  #host(): string {
    return authority(this.#options.url);
  }
}
