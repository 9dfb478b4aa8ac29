/** A packet in its place in the sequence. */
export interface OrderedPacket {
  readonly payload: Buffer;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Packets are missing just before this one. */
  readonly lost: boolean;
}

interface ParsedPacket {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** Packets held back at most while an earlier one is missing (UDP). */
const window = 64;

/**
 * Reads RTP packets (RFC 3550) and gives them out in order. Over UDP a gap
 * waits for up to `window` later packets before it counts as a loss.
 */
export class RtpReceiver {
  readonly #payloadType: number;
  readonly #reorders: boolean;
  readonly #held = new Map<number, ParsedPacket>();
  #next = -1;
  #ssrc = -1;
  #highest = 0;
  #cycles = 0;
  #received = 0;
  #lost = 0;

  constructor(options: { payloadType: number; reorders: boolean }) {
    this.#payloadType = options.payloadType;
    this.#reorders = options.reorders;
  }

  /** Packets that never came. */
  get lost(): number {
    return this.#lost;
  }

  get received(): number {
    return this.#received;
  }

  /** The sender's synchronisation source, -1 before the first packet. */
  get ssrc(): number {
    return this.#ssrc;
  }

  /** Extended highest sequence number, for receiver reports. */
  get highest(): number {
    return this.#cycles * 65_536 + this.#highest;
  }

  /** Packets now in order; payloads may be views of `datagram`. */
  push(datagram: Buffer): OrderedPacket[] {
    const packet = parse(datagram);
    if (packet === null || packet.payloadType !== this.#payloadType) return [];
    const out: OrderedPacket[] = [];
    this.#received += 1;
    let lost = false;
    if (packet.ssrc !== this.#ssrc) {
      lost = this.#ssrc !== -1;
      this.#held.clear();
      this.#ssrc = packet.ssrc;
      this.#next = packet.sequence;
      this.#highest = packet.sequence;
      this.#cycles = 0;
    }
    this.#countCycles(packet.sequence);
    const ahead = (packet.sequence - this.#next) & 0xffff;
    if (ahead === 0) {
      out.push(this.#emit(packet, lost));
      this.#drain(out);
    } else if (ahead >= 0x8000) {
      // Late or twice; but a sender that jumped far back has restarted.
      if (0x10000 - ahead > 1000 || !this.#reorders) this.#jump(packet, out);
    } else if (!this.#reorders) this.#jump(packet, out);
    else {
      this.#held.set(packet.sequence, { ...packet, payload: Buffer.from(packet.payload) });
      if (this.#held.size > window) this.#giveUpGap(out);
    }
    return out;
  }

  #emit(packet: ParsedPacket, lost: boolean): OrderedPacket {
    this.#next = (packet.sequence + 1) & 0xffff;
    return { payload: packet.payload, timestamp: packet.timestamp, marker: packet.marker, lost };
  }

  #jump(packet: ParsedPacket, out: OrderedPacket[]): void {
    const gap = (packet.sequence - this.#next) & 0xffff;
    this.#lost += gap < 0x8000 ? gap : 0;
    this.#held.clear();
    out.push(this.#emit(packet, true));
  }

  #drain(out: OrderedPacket[]): void {
    for (;;) {
      const packet = this.#held.get(this.#next);
      if (packet === undefined) return;
      this.#held.delete(packet.sequence);
      out.push(this.#emit(packet, false));
    }
  }

  #giveUpGap(out: OrderedPacket[]): void {
    let nearest: ParsedPacket | null = null;
    let distance = 0x10000;
    for (const packet of this.#held.values()) {
      const ahead = (packet.sequence - this.#next) & 0xffff;
      if (ahead < distance) [nearest, distance] = [packet, ahead];
    }
    if (nearest === null) return;
    this.#held.delete(nearest.sequence);
    this.#lost += distance;
    out.push(this.#emit(nearest, true));
    this.#drain(out);
  }

  #countCycles(sequence: number): void {
    if (((sequence - this.#highest) & 0xffff) >= 0x8000) return;
    if (sequence < this.#highest) this.#cycles = (this.#cycles + 1) & 0xffff;
    this.#highest = sequence;
  }
}

function parse(datagram: Buffer): ParsedPacket | null {
  if (datagram.length < 12) return null;
  const first = datagram[0] ?? 0;
  const second = datagram[1] ?? 0;
  if (first >> 6 !== 2) return null;
  let start = 12 + (first & 0x0f) * 4;
  let end = datagram.length;
  if ((first & 0x10) !== 0) {
    if (end < start + 4) return null;
    start += 4 + datagram.readUInt16BE(start + 2) * 4;
  }
  if ((first & 0x20) !== 0) end -= datagram[end - 1] ?? 0;
  if (end < start) return null;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, end),
  };
}
