import type { Conversation } from './conversation.ts';
import { SenderPin } from './sender-pin.ts';
import type { StreamNotes } from './stream-notes.ts';
import { bindUdpPorts, joinMulticast, type UdpPorts } from './udp-ports.ts';

/** How packets come. */
export type StreamTransport = 'tcp' | 'udp' | 'http' | 'multicast';

export interface MediaHandlers {
  readonly onRtp: (datagram: Buffer) => void;
  readonly onRtcp: (datagram: Buffer) => void;
  readonly notes: StreamNotes;
}

/** The way of the packets of one stream, as SETUP agreed on it. */
export interface MediaChannel {
  readonly transport: StreamTransport;
  /** Value of the `Transport` header of SETUP. */
  readonly header: string;
  /** Takes in the camera's answer. @returns false where it agreed to something else */
  agree(answer: string): boolean | Promise<boolean>;
  /** A packet on the control connection. */
  interleaved(channel: number, payload: Buffer): void;
  report(packet: Buffer): void;
  /** Idempotent. */
  close(): void;
}

/** Opens what SETUP is to offer. @throws Error when no ports are free */
export async function openChannel(
  transport: StreamTransport,
  conversation: Conversation,
  handlers: MediaHandlers,
): Promise<MediaChannel> {
  if (transport === 'udp') return UdpChannel.open(conversation, handlers);
  if (transport === 'multicast') return new MulticastChannel(conversation, handlers);
  return new InterleavedChannel(transport, conversation, handlers);
}

/** RTP packets on a channel that was not agreed, after which they are taken from there. */
const adoption = 16;

/** Packets on the control connection (RFC 2326, 10.12), through HTTP too. */
class InterleavedChannel implements MediaChannel {
  readonly transport: StreamTransport;
  readonly header = 'RTP/AVP/TCP;unicast;interleaved=0-1';
  readonly #conversation: Conversation;
  readonly #handlers: MediaHandlers;
  #channels = { rtp: 0, rtcp: 1 };
  #seen = false;
  #other = { channel: -1, times: 0 };

  constructor(transport: StreamTransport, conversation: Conversation, handlers: MediaHandlers) {
    this.transport = transport;
    this.#conversation = conversation;
    this.#handlers = handlers;
  }

  agree(answer: string): boolean {
    if (/RTP\/AVP(?:\/UDP)?\s*;/i.test(answer) && /(?:server_port|client_port)=/i.test(answer)) {
      return false;
    }
    const interleaved = /interleaved\s*=\s*(\d{1,3})(?:-(\d{1,3}))?/i.exec(answer);
    if (interleaved !== null) {
      const rtp = Number(interleaved[1]);
      this.#channels = { rtp, rtcp: Number(interleaved[2] ?? rtp + 1) };
    }
    return true;
  }

  interleaved(channel: number, payload: Buffer): void {
    if (channel === this.#channels.rtp) {
      this.#seen = true;
      this.#handlers.onRtp(payload);
    } else if (channel === this.#channels.rtcp) this.#handlers.onRtcp(payload);
    else this.#takeFromElsewhere(channel, payload);
  }

  report(packet: Buffer): void {
    this.#conversation.sendInterleaved(this.#channels.rtcp, packet);
  }

  close(): void {
    // It has nothing of its own.
  }

  /** Cameras send on channel 0 whatever they agreed to. */
  #takeFromElsewhere(channel: number, payload: Buffer): void {
    this.#handlers.notes.count('address');
    // Reports have types 72 to 76 where packets have theirs.
    const type = (payload[1] ?? 0) & 0x7f;
    const isRtp = payload.length > 12 && (type < 72 || type > 76);
    if (this.#seen || !isRtp) return;
    const times = this.#other.channel === channel ? this.#other.times + 1 : 1;
    this.#other = { channel, times };
    if (times < adoption) return;
    this.#channels = { rtp: channel, rtcp: channel + 1 };
  }
}

/** Packets in datagrams from the camera's own port to ours. */
class UdpChannel implements MediaChannel {
  readonly transport = 'udp';
  readonly header: string;
  readonly #conversation: Conversation;
  readonly #handlers: MediaHandlers;
  readonly #ports: UdpPorts;
  #inner: InterleavedChannel | null = null;

  private constructor(ports: UdpPorts, conversation: Conversation, handlers: MediaHandlers) {
    this.#ports = ports;
    this.#conversation = conversation;
    this.#handlers = handlers;
    this.header = `RTP/AVP;unicast;client_port=${ports.rtpPort}-${ports.rtpPort + 1}`;
  }

  static async open(conversation: Conversation, handlers: MediaHandlers): Promise<UdpChannel> {
    const ports = await bindUdpPorts(conversation.localAddress);
    return new UdpChannel(ports, conversation, handlers);
  }

  agree(answer: string): boolean {
    if (/RTP\/AVP\/TCP/i.test(answer)) {
      // It was asked for datagrams and prefers the connection.
      this.#inner = new InterleavedChannel('tcp', this.#conversation, this.#handlers);
      this.#ports.close();
      return this.#inner.agree(answer);
    }
    const server = /server_port\s*=\s*(\d{1,5})(?:-(\d{1,5}))?/i.exec(answer);
    const source = /source\s*=\s*([^;,\s]+)/i.exec(answer)?.[1];
    const address = this.#conversation.remoteAddress;
    const rtpPort = portOf(server?.[1]);
    const rtcpPort = portOf(server?.[2]) ?? (rtpPort === null ? null : rtpPort + 1);
    const { notes, onRtp, onRtcp } = this.#handlers;
    if (source !== undefined && source !== address) notes.count('address');
    hear(this.#ports.rtp, new SenderPin(address, rtpPort), notes, onRtp);
    hear(this.#ports.rtcp, new SenderPin(address, rtcpPort), notes, onRtcp);
    // Packets from the inside let the camera's packets through address translation.
    const opener = Buffer.alloc(12);
    opener[0] = 0x80;
    if (rtpPort !== null) this.#ports.rtp.send(opener, rtpPort, address);
    this.#reportTo = rtcpPort === null ? null : { port: rtcpPort, address };
    return true;
  }

  #reportTo: { port: number; address: string } | null = null;

  interleaved(channel: number, payload: Buffer): void {
    this.#inner?.interleaved(channel, payload);
  }

  report(packet: Buffer): void {
    if (this.#inner !== null) this.#inner.report(packet);
    else if (this.#reportTo !== null) {
      const { port, address } = this.#reportTo;
      this.#ports.rtcp.send(packet, port, address, () => undefined);
    }
  }

  close(): void {
    this.#ports.close();
  }
}

/** Packets to a group that the camera names, for whoever joins it. */
class MulticastChannel implements MediaChannel {
  readonly transport = 'multicast';
  readonly header = 'RTP/AVP;multicast';
  readonly #conversation: Conversation;
  readonly #handlers: MediaHandlers;
  #ports: UdpPorts | null = null;
  #closed = false;

  constructor(conversation: Conversation, handlers: MediaHandlers) {
    this.#conversation = conversation;
    this.#handlers = handlers;
  }

  async agree(answer: string): Promise<boolean> {
    const group = /destination\s*=\s*([0-9a-f.:]+)/i.exec(answer)?.[1];
    const port = portOf(/(?:;|\s)port\s*=\s*(\d{1,5})/i.exec(answer)?.[1]);
    if (group === undefined || port === null || !isMulticast(group)) return false;
    this.#ports = await joinMulticast(group, port, this.#conversation.localAddress);
    if (this.#closed) this.#ports.close();
    const { notes, onRtp, onRtcp } = this.#handlers;
    const source = this.#conversation.remoteAddress;
    hear(this.#ports.rtp, new SenderPin(source, null), notes, onRtp);
    hear(this.#ports.rtcp, new SenderPin(source, null), notes, onRtcp);
    return true;
  }

  interleaved(): void {
    // Nothing is expected there.
  }

  report(): void {
    // A group hears no reports of ours: the keep-alive is enough.
  }

  close(): void {
    this.#closed = true;
    this.#ports?.close();
  }
}

function hear(
  socket: UdpPorts['rtp'],
  pin: SenderPin,
  notes: StreamNotes,
  take: (datagram: Buffer) => void,
): void {
  socket.on('message', (datagram, from) => {
    if (pin.accepts(from)) take(datagram);
    else notes.count('foreign_packet');
  });
}

function portOf(text: string | undefined): number | null {
  const port = Number(text ?? 0);
  return port > 0 && port < 65_535 ? port : null;
}

function isMulticast(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return (first >= 224 && first <= 239) || /^ff/i.test(address);
}
