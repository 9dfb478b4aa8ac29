import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** An RTP packet as received. */
export interface RawPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Buffer;
}

/** Speaks RTSP byte by byte, to see what the server really says. */
export class RawRtspClient {
  readonly socket: Socket;
  readonly packets: RawPacket[] = [];
  readonly reports: Buffer[] = [];
  #pending: Buffer = Buffer.alloc(0);
  readonly #responses: RawResponse[] = [];
  readonly #waiters = new Set<() => void>();
  #sequence = 0;
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<RawRtspClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawRtspClient(socket);
  }

  async request(
    method: string,
    uri: string,
    headers: Record<string, string> = {},
  ): Promise<RawResponse> {
    this.#sequence += 1;
    const lines = [`${method} ${uri} RTSP/1.0`, `CSeq: ${this.#sequence}`];
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    return await this.response();
  }

  /** The next response. Rejects when the connection ends first. */
  async response(): Promise<RawResponse> {
    await this.until(() => this.#responses.length > 0 || this.closed);
    const response = this.#responses.shift();
    if (response === undefined) throw new Error('the connection ended without a response');
    return response;
  }

  /** Sets up interleaved transport and plays. @returns the session's id */
  async play(uri: string): Promise<string> {
    const setup = await this.request('SETUP', `${uri}/trackID=0`, {
      Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1',
    });
    const session = (setup.headers.get('session') ?? '').split(';')[0] ?? '';
    const play = await this.request('PLAY', uri, { Session: session });
    if (play.status !== 200) throw new Error(`PLAY was answered with ${play.status}`);
    return session;
  }

  /** Waits until so many more packets have come. @returns these */
  async morePackets(count: number): Promise<RawPacket[]> {
    const from = this.packets.length;
    await this.until(() => this.packets.length >= from + count || this.closed);
    return this.packets.slice(from, from + count);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiters.add(resolve);
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }

  #receive(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending[0] === 0x24 ? this.#interleaved() : this.#text());
    this.#wake();
  }

  #interleaved(): boolean {
    if (this.#pending.length < 4) return false;
    const end = 4 + this.#pending.readUInt16BE(2);
    if (this.#pending.length < end) return false;
    const data = Buffer.from(this.#pending.subarray(4, end));
    if (this.#pending[1] === 0) {
      this.packets.push({
        payloadType: (data[1] ?? 0) & 0x7f,
        marker: ((data[1] ?? 0) & 0x80) !== 0,
        sequence: data.readUInt16BE(2),
        timestamp: data.readUInt32BE(4),
        payload: data.subarray(12),
      });
    } else {
      this.reports.push(data);
    }
    this.#pending = this.#pending.subarray(end);
    return true;
  }

  #text(): boolean {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end === -1) return false;
    const [first = '', ...rest] = this.#pending.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      rest.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const length = Number(headers.get('content-length') ?? 0);
    if (this.#pending.length < end + 4 + length) return false;
    const body = this.#pending.toString('latin1', end + 4, end + 4 + length);
    this.#pending = this.#pending.subarray(end + 4 + length);
    this.#responses.push({ status: Number(first.split(' ')[1]), headers, body });
    return true;
  }
}
