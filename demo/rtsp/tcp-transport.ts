import type { Socket } from 'node:net';
import type { MediaTransport } from './media-transport.ts';
import type { Quirks } from './quirks.ts';

/** RTP and RTCP interleaved with the control connection (RFC 2326, 10.12). */
export class TcpTransport implements MediaTransport {
  readonly header: string;
  readonly #socket: Socket;
  readonly #channel: number;
  readonly #frames: Quirks['frames'];
  #pictures = 0;
  #closed = false;

  /** Takes `channel` for RTP and the next one for RTCP; both 0..255. */
  constructor(socket: Socket, channel: number, ssrc: number, frames?: Quirks['frames']) {
    this.#socket = socket;
    this.#channel = channel;
    this.#frames = frames;
    const ssrcText = (ssrc >>> 0).toString(16).padStart(8, '0').toUpperCase();
    this.header = `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1};ssrc=${ssrcText}`;
  }

  get backlog(): number {
    return this.#socket.writableLength;
  }

  sendRtp(packets: readonly Buffer[]): void {
    if (this.#closed || this.#socket.destroyed) return;
    this.#socket.cork();
    for (const packet of packets) {
      packet[0] = 0x24;
      packet[1] = this.#channel;
      packet.writeUInt16BE(packet.length - 4, 2);
      for (const frame of this.#frames?.(packet, this.#pictures) ?? [packet]) {
        this.#socket.write(frame);
      }
    }
    this.#pictures += 1;
    this.#socket.uncork();
  }

  sendRtcp(packet: Buffer): void {
    if (this.#closed || this.#socket.destroyed) return;
    const head = Buffer.from([0x24, this.#channel + 1, 0, 0]);
    head.writeUInt16BE(packet.length, 2);
    this.#socket.write(Buffer.concat([head, packet]));
  }

  close(): void {
    this.#closed = true;
  }
}
