// Over 300 lines: one session from SETUP to TEARDOWN, whose steps share its connection, its
// transports and its time-outs.
import { randomBytes } from 'node:crypto';
import type { NightglassError } from '../../domain/errors.ts';
import { type CameraAccess, Conversation } from './conversation.ts';
import type { KeepAliveHabits } from './keep-alive.ts';
import { type MediaChannel, openChannel, type StreamTransport } from './media-channel.ts';
import { RateBound } from './rate-bound.ts';
import { receiverReport, saysGoodbye } from './rtcp.ts';
import { type OrderedPacket, RtpReceiver } from './rtp-receiver.ts';
import { baseOf, controlUris } from './rtsp-address.ts';
import type { RtspResponse } from './rtsp-connection.ts';
import { ended, unsupported } from './rtsp-errors.ts';
import { refusal } from './rtsp-refusal.ts';
import { parseSdp, type SdpVideo } from './sdp.ts';

export interface RtspSessionOptions extends CameraAccess {
  readonly transport: StreamTransport;
  readonly keepAlive: KeepAliveHabits;
  /** The camera answered: what fails from now on is no matter of the network. */
  readonly onAnswer?: () => void;
  /** Called before the first packet. */
  readonly onVideo: (video: SdpVideo) => void;
  /** What was agreed on, which may be another transport than the one asked for. */
  readonly onTransport?: (transport: StreamTransport) => void;
  readonly onPacket: (packet: OrderedPacket, transport: StreamTransport) => void;
  /** Each packet of the camera as it arrives, reports of the sender included. */
  readonly onLife?: () => void;
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
  const player = new Player(options, signal);
  const onAbort = () => void player.close();
  signal.addEventListener('abort', onAbort);
  try {
    await player.open();
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
  readonly #conversation: Conversation;
  readonly #rate: RateBound;
  readonly #reporter = randomBytes(4).readUInt32BE(0);
  #channel: MediaChannel | null = null;
  #receiver: RtpReceiver | null = null;
  #aggregate: string;
  #session: string | null = null;
  #offered: readonly string[] = [];
  #cancelTimers: (() => void)[] = [];
  #openedAt: number | null = null;
  #earlyEnd: NightglassError | null = null;
  #closing = false;
  #closed: Promise<void> | null = null;

  constructor(options: RtspSessionOptions, signal: AbortSignal) {
    this.#options = options;
    this.#aggregate = options.url.href;
    this.#rate = new RateBound(options.clock);
    this.#conversation = new Conversation(
      {
        ...options,
        throughHttp: options.transport === 'http',
        onData: (channel, payload) => this.#channel?.interleaved(channel, payload),
        onEnd: (why) => this.#end(why),
      },
      signal,
    );
  }

  async open(): Promise<void> {
    const { onAnswer, onVideo, clock } = this.#options;
    const described = await this.#describe();
    onAnswer?.();
    const asked = this.#conversation.url.href;
    const description = parseSdp(described.body.toString('utf8'));
    const { video } = description;
    if (video === null) throw this.#noVideo(description.encodings);
    const { headers } = described;
    const given = headers.get('content-base') ?? headers.get('content-location');
    const base = baseOf(given?.[0], asked);
    const absolute = /^rtsps?:/i.test(description.control);
    this.#aggregate = absolute ? description.control : base;
    onVideo(video);
    const uris = controlUris(base, video.control, asked);
    const track = await this.#setUp(uris, video);
    await this.#play([this.#aggregate, base, asked, track]);
    this.#openedAt = clock.monotonic();
    // A stream may be over before the caller holds its session.
    const earlyEnd = this.#earlyEnd as NightglassError | null;
    if (earlyEnd !== null) queueMicrotask(() => this.#end(earlyEnd));
    this.#repeat(
      () => reportInterval,
      () => this.#report(),
    );
    this.#repeat(
      () => this.#options.keepAlive.interval,
      () => this.#keepAlive(),
    );
  }

  close(): Promise<void> {
    this.#closing = true;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const cancel of this.#cancelTimers.splice(0)) cancel();
    this.#channel?.close();
    const headers = { Session: this.#session ?? '' };
    const last = { method: 'TEARDOWN', uri: this.#aggregate, headers };
    await this.#conversation.close(this.#session === null ? undefined : last);
  }

  /** Follows redirects up to a description. */
  async #describe(): Promise<RtspResponse> {
    for (;;) {
      const uri = this.#conversation.url.href;
      const options = await this.#conversation.ask('OPTIONS', uri);
      // Some servers do not know OPTIONS, or want no credentials for it.
      if (options.status === 401) throw this.#refused('OPTIONS', options);
      if (!isRedirect(options.status)) {
        this.#offered = (options.headers.get('public') ?? [])
          .join(',')
          .toUpperCase()
          .split(/[,\s]+/);
        const response = await this.#conversation.ask('DESCRIBE', uri, {
          Accept: 'application/sdp',
        });
        if (response.status >= 200 && response.status < 300) return response;
        if (!isRedirect(response.status)) throw this.#refused('DESCRIBE', response);
        await this.#conversation.redirect(response.headers.get('location')?.[0]);
      } else await this.#conversation.redirect(options.headers.get('location')?.[0]);
    }
  }

  /** Tries the forms of the track's address, then the other transport. @returns the form that did */
  async #setUp(uris: readonly string[], video: SdpVideo): Promise<string> {
    let refused: { method: string; response: RtspResponse } | null = null;
    for (const transport of transportsOf(this.#options.transport)) {
      for (const uri of uris) {
        const channel = await this.#open(transport, video);
        const response = await this.#conversation.ask('SETUP', uri, { Transport: channel.header });
        if (response.status >= 200 && response.status < 300) {
          if (await channel.agree(response.headers.get('transport')?.join(',') ?? '')) {
            this.#begin(response, channel.transport);
            return uri;
          }
          await this.#leave(uri, response);
          refused ??= { method: 'SETUP', response: { ...response, status: 461 } };
          break;
        }
        refused ??= { method: 'SETUP', response };
        if (response.status === 401 || response.status === 403) break;
        if (response.status === 461 || response.status === 406) break;
      }
    }
    if (refused === null) throw ended(this.#conversation.url);
    throw this.#refused(refused.method, refused.response);
  }

  async #open(transport: StreamTransport, video: SdpVideo): Promise<MediaChannel> {
    const { notes, clock } = this.#options;
    this.#channel?.close();
    const channel = await openChannel(transport, this.#conversation, {
      notes,
      onRtp: (datagram) => this.#onRtp(datagram),
      onRtcp: (datagram) => this.#onRtcp(datagram),
    });
    if (this.#closing) {
      channel.close();
      throw ended(this.#conversation.url, 'closed by us');
    }
    this.#channel = channel;
    this.#receiver = new RtpReceiver({
      payloadType: video.payloadType,
      datagrams: transport === 'udp' || transport === 'multicast',
      note: (kind) => notes.count(kind),
      monotonic: () => clock.monotonic(),
    });
    return channel;
  }

  #begin(response: RtspResponse, transport: StreamTransport): void {
    const header = response.headers.get('session')?.[0] ?? '';
    this.#session = header.split(';')[0]?.trim() || null;
    this.#options.keepAlive.begin(/timeout\s*=\s*(\d{1,12})/i.exec(header)?.[1]);
    this.#options.onTransport?.(transport);
  }

  /** Gives up a session that came about with the wrong transport. */
  async #leave(uri: string, response: RtspResponse): Promise<void> {
    const session = response.headers.get('session')?.[0]?.split(';')[0]?.trim();
    if (session === undefined) return;
    await this.#conversation.ask('TEARDOWN', uri, { Session: session });
  }

  /** Plays by the first address and in the first way that the camera accepts. */
  async #play(uris: readonly string[]): Promise<void> {
    const session: Record<string, string> =
      this.#session === null ? {} : { Session: this.#session };
    let refused: RtspResponse | null = null;
    for (const uri of new Set(uris)) {
      for (const range of [{ Range: 'npt=0.000-' }, {}]) {
        const response = await this.#conversation.ask('PLAY', uri, { ...session, ...range });
        if (response.status >= 200 && response.status < 300) {
          this.#aggregate = uri;
          return;
        }
        refused ??= response;
        if (response.status === 401 || response.status === 403)
          throw this.#refused('PLAY', response);
      }
    }
    if (refused !== null) throw this.#refused('PLAY', refused);
  }

  #report(): void {
    const receiver = this.#receiver;
    if (receiver === null || receiver.received === 0) return;
    this.#channel?.report(receiverReport(this.#reporter, receiver));
  }

  #keepAlive(): void {
    const { keepAlive, clock } = this.#options;
    if (this.#openedAt === null) return;
    const headers: Record<string, string> =
      this.#session === null ? {} : { Session: this.#session };
    for (const method of keepAlive.next(this.#offered)) {
      keepAlive.sent(method, clock.monotonic());
      this.#conversation.ask(method, this.#aggregate, headers).then(
        ({ status }) => keepAlive.answered(method, status),
        // An answer is not needed: silence of packets is what tells a dead camera.
        () => undefined,
      );
    }
  }

  #repeat(interval: () => number, action: () => void): void {
    if (this.#closing) return;
    let cancel: () => void = () => undefined;
    const arm = () => {
      cancel = this.#options.clock.after(interval(), () => {
        action();
        if (!this.#closing) arm();
      });
    };
    arm();
    this.#cancelTimers.push(() => cancel());
  }

  #onRtp(datagram: Buffer): void {
    if (this.#closing || this.#receiver === null) return;
    this.#options.notes.packet(datagram.length);
    const excess = this.#rate.count(datagram.length);
    if (excess !== null) {
      const message = `it sends ${excess}, more than is allowed`;
      this.#end(unsupported(this.#conversation.url, message, 'Lower its bit rate.'));
      return;
    }
    this.#options.onLife?.();
    const transport = this.#channel?.transport ?? 'tcp';
    for (const packet of this.#receiver.push(datagram)) this.#options.onPacket(packet, transport);
  }

  #onRtcp(datagram: Buffer): void {
    if (this.#closing) return;
    this.#options.onLife?.();
    if (saysGoodbye(datagram, this.#receiver?.ssrc ?? -1)) {
      this.#end(ended(this.#conversation.url, 'the camera ended the stream'));
    }
  }

  #end(why: NightglassError): void {
    if (this.#closing) return;
    if (this.#openedAt === null) {
      this.#earlyEnd ??= why;
      return;
    }
    const now = this.#options.clock.monotonic();
    if (why.code === 'STREAM_ENDED') this.#options.keepAlive.ended(now - this.#openedAt, now);
    void this.close();
    this.#options.onEnd(why);
  }

  #refused(method: string, response: RtspResponse): NightglassError {
    const { credentials, transport } = this.#options;
    const hasCredentials = credentials !== null;
    return refusal({ url: this.#conversation.url, method, transport, hasCredentials }, response);
  }

  #noVideo(encodings: readonly string[]): NightglassError {
    const what = encodings.length === 0 ? 'no video' : `only ${encodings.join(', ').slice(0, 80)}`;
    const hint = 'Set the camera to H.264, H.265 or MJPEG.';
    return unsupported(this.#conversation.url, `it offers ${what}`, hint);
  }
}

function isRedirect(status: number): boolean {
  return [300, 301, 302, 303, 305, 307, 308].includes(status);
}

/** The transport asked for, and what else to try where the camera refuses it. */
function transportsOf(wanted: StreamTransport): StreamTransport[] {
  if (wanted === 'tcp') return ['tcp', 'udp'];
  if (wanted === 'udp') return ['udp', 'tcp'];
  return wanted === 'multicast' ? ['multicast', 'tcp'] : ['http'];
}
