import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { NightglassError } from '../../src/domain/errors.ts';
import { headroomBytes, type MediaTransport } from './media-transport.ts';

const attempts = 32;

/** The pair of UDP ports from which a server sends RTP (even) and RTCP (the next one). */
export class UdpPorts {
  readonly rtpPort: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #heard = new Map<string, () => void>();
  #closed = false;

  private constructor(rtp: Socket, rtcp: Socket) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.rtpPort = rtp.address().port;
    // A client that went away answers with ICMP errors: those are no failure of the server.
    rtp.on('error', () => undefined);
    rtcp.on('error', () => undefined);
    rtcp.on('message', (_data, from) => this.#heard.get(`${from.address} ${from.port}`)?.());
  }

  /** Binds a pair on `host`. @throws NightglassError `ENVIRONMENT` when none is free */
  static async open(host: string): Promise<UdpPorts> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const rtp = await bind(host, 0);
      const port = rtp?.address().port ?? 1;
      const rtcp = port % 2 === 0 ? await bind(host, port + 1) : undefined;
      if (rtp !== undefined && rtcp !== undefined) return new UdpPorts(rtp, rtcp);
      rtp?.close();
    }
    throw new NightglassError('ENVIRONMENT', 'Cannot open UDP ports: no pair is free');
  }

  /** A way to a client's ports; `onRtcp` is called when the client reports. */
  connect(
    address: string,
    clientPorts: readonly [number, number],
    ssrc: number,
    onRtcp: () => void,
  ): MediaTransport {
    const [rtpPort, rtcpPort] = clientPorts;
    const key = `${address} ${rtcpPort}`;
    this.#heard.set(key, onRtcp);
    const send = (socket: Socket, data: Buffer, port: number): void => {
      if (!this.#closed) socket.send(data, port, address, () => undefined);
    };
    const rtp = this.#rtp;
    return {
      header: [
        'RTP/AVP;unicast',
        `client_port=${rtpPort}-${rtcpPort}`,
        `server_port=${this.rtpPort}-${this.rtpPort + 1}`,
        `ssrc=${(ssrc >>> 0).toString(16).padStart(8, '0').toUpperCase()}`,
      ].join(';'),
      get backlog() {
        return rtp.getSendQueueSize();
      },
      sendRtp: (packets) => {
        for (const packet of packets) send(this.#rtp, packet.subarray(headroomBytes), rtpPort);
      },
      sendRtcp: (packet) => send(this.#rtcp, packet, rtcpPort),
      close: () => {
        if (this.#heard.get(key) === onRtcp) this.#heard.delete(key);
      },
    };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const ends = [this.#rtp, this.#rtcp].map((socket) => once(socket, 'close'));
    this.#rtp.close();
    this.#rtcp.close();
    await Promise.all(ends);
  }
}

async function bind(host: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const bound = once(socket, 'listening');
    socket.bind(port, host);
    await bound;
    return socket;
  } catch {
    // Taken by another program: the caller tries the next pair.
    socket.close();
    return undefined;
  }
}
