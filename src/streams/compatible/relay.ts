import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Conversation } from '../rtsp/conversation.ts';
import type { RtspResponse } from '../rtsp/rtsp-connection.ts';
import { RtspReader } from '../rtsp/rtsp-reader.ts';

/** Bytes that the client may leave unread before packets are left out. */
const maxUnread = 8 * 1024 * 1024;
/** Headers that concern our own connection to the camera. */
const ownHeaders = new Set([
  'cseq',
  'user-agent',
  'authorization',
  'www-authenticate',
  'connection',
]);

/**
 * A loopback RTSP server for FFmpeg's client: its requests go to the camera
 * over our own conversation. So that client knows no credentials, follows no
 * redirect to a stranger and trusts no certificate that we would not.
 */
export class RtspRelay {
  readonly #conversation: Conversation;
  readonly #server: Server;
  readonly #path = randomBytes(16).toString('hex');
  #client: Socket | null = null;
  #work: Promise<void> = Promise.resolve();

  private constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(conversation: Conversation): Promise<RtspRelay> {
    const relay = new RtspRelay(conversation);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  /** What the client is to open; its path is a secret of this relay. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `rtsp://127.0.0.1:${port}/${this.#path}`;
  }

  /** A packet of the camera. */
  interleaved(channel: number, payload: Buffer): void {
    const client = this.#client;
    if (client === null || client.writableLength > maxUnread) return;
    const head = Buffer.from([0x24, channel, 0, 0]);
    head.writeUInt16BE(payload.length, 2);
    client.write(Buffer.concat([head, payload]));
  }

  /** Ends the client's stream. Idempotent. */
  close(): void {
    this.#server.close();
    this.#client?.destroy();
  }

  #accept(socket: Socket): void {
    const reader = new RtspReader();
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const item of reader.push(chunk)) {
          if (item.kind === 'request') this.#take(socket, item);
          else if (item.kind === 'data' && socket === this.#client)
            this.#conversation.sendInterleaved(item.channel, item.payload);
        }
      } catch {
        // No RTSP, or too much of it: whoever it is has no business here.
        socket.destroy();
      }
    });
  }

  #take(
    socket: Socket,
    request: { method: string; uri: string; headers: RtspResponse['headers'] },
  ) {
    if (this.#client === null && request.uri.includes(this.#path)) this.#client = socket;
    if (socket !== this.#client) {
      socket.destroy();
      return;
    }
    this.#work = this.#work
      .then(() => this.#passOn(socket, request))
      .catch(() => {
        // The camera's connection is over, and with it the client's.
        socket.destroy();
      });
  }

  async #passOn(
    socket: Socket,
    request: { method: string; uri: string; headers: RtspResponse['headers'] },
  ): Promise<void> {
    const headers: Record<string, string> = {};
    for (const [name, values] of request.headers) {
      if (!ownHeaders.has(name)) headers[name] = values.join(', ');
    }
    let response: RtspResponse;
    do {
      response = await this.#conversation.ask(request.method, this.#meant(request.uri), headers);
      if (response.status < 300 || response.status >= 400) break;
      await this.#conversation.redirect(response.headers.get('location')?.[0]);
    } while (!socket.destroyed);
    const answered = request.method === 'SETUP' ? overTheConnection(response) : response;
    const lines = [
      `RTSP/1.0 ${answered.status} ${answered.reason || 'OK'}`,
      `CSeq: ${request.headers.get('cseq')?.[0] ?? 0}`,
    ];
    for (const [name, values] of answered.headers) {
      if (!ownHeaders.has(name)) for (const value of values) lines.push(`${name}: ${value}`);
    }
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    if (response.body.length > 0) socket.write(response.body);
  }

  /** The camera's own address of what the client asks for. */
  #meant(uri: string): string {
    const at = uri.indexOf(this.#path);
    if (at === -1) return uri;
    return this.#conversation.url.href + uri.slice(at + this.#path.length);
  }
}

/**
 * What the camera agreed to, as far as it concerns the connection: FFmpeg's client would send
 * reports to any address that is named as the destination of a group.
 */
function overTheConnection(response: RtspResponse): RtspResponse {
  const given = response.headers.get('transport')?.join(',');
  if (response.status !== 200 || given === undefined) return response;
  const channels = /interleaved\s*=\s*(\d{1,3}(?:-\d{1,3})?)/i.exec(given)?.[1];
  if (channels === undefined && !/RTP\/AVP\/TCP/i.test(given)) {
    return { ...response, status: 461, reason: 'Unsupported Transport' };
  }
  const kept = `RTP/AVP/TCP;unicast${channels === undefined ? '' : `;interleaved=${channels}`}`;
  return { ...response, headers: new Map([...response.headers, ['transport', [kept]]]) };
}
