import type { StreamNoteKind } from '../../domain/stream-notes.ts';
import { parseRtp, type RtpExtension, type RtpPacket } from './rtp-packet.ts';

/** A packet in its place in the sequence. */
export interface OrderedPacket {
  readonly payload: Buffer;
  readonly timestamp: number;
  readonly marker: boolean;
  /** By their numbers, packets are missing just before this one. */
  readonly lost: boolean;
  readonly extension: RtpExtension | null;
}

export interface RtpReceiverOptions {
  readonly payloadType: number;
  /**
   * Packets come as datagrams: a gap is a loss, and another sender a stranger.
   * Without it they come over TCP, where a gap is the camera's way of counting
   * or a relay's way of ordering.
   */
  readonly datagrams: boolean;
  readonly note?: (kind: StreamNoteKind) => void;
  /** Monotonic milliseconds. */
  readonly monotonic?: () => number;
}

/** Packets held back at most while an earlier one is missing. */
const datagramWindow = 64;
const streamWindow = 16;
/** Over TCP: gaps in a row that nothing filled, after which none is waited for. */
const vainWaits = 3;
/** Over TCP: packets in a row that are late by their number, after which numbers mean nothing. */
const senselessNumbers = 8;
/** Packets in a row in their order, after which numbers count again. */
const sensibleNumbers = 256;
/** A jump back by more is a restart, by less a late packet. */
const restartDistance = 1000;
/** Packets of another payload type in a row, none of ours before, that make it ours. */
const typeAdoption = 16;
/** Silence of a sender, milliseconds, after which another one may take its place (UDP). */
const senderSilence = 2_000;

/**
 * Gives RTP packets out in order. A gap waits for some later packets; what then
 * is missing is reported with the next packet, never a reason to drop one.
 */
export class RtpReceiver {
  readonly #options: RtpReceiverOptions;
  readonly #held = new Map<number, RtpPacket>();
  #payloadType: number;
  #patience: number;
  #ordered = true;
  #sensible = 0;
  #vain = 0;
  #late = 0;
  #gap = { from: 0, length: 0 };
  #otherType = { type: -1, times: 0 };
  #next = -1;
  #first = -1;
  #ssrc = -1;
  #lastAt = 0;
  #highest = 0;
  #cycles = 0;
  #received = 0;
  #sinceStart = 0;
  #lost = 0;

  constructor(options: RtpReceiverOptions) {
    this.#options = options;
    this.#payloadType = options.payloadType;
    this.#patience = options.datagrams ? datagramWindow : streamWindow;
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
    const packet = parseRtp(datagram);
    if (packet === null) {
      this.#note('malformed');
      return [];
    }
    if (!this.#isOurType(packet.payloadType)) return [];
    const out: OrderedPacket[] = [];
    const now = this.#options.monotonic?.() ?? 0;
    if (packet.ssrc !== this.#ssrc) {
      const { datagrams } = this.#options;
      if (datagrams && this.#ssrc !== -1 && now - this.#lastAt < senderSilence) {
        this.#note('foreign_packet');
        return [];
      }
      this.#begin(packet);
    }
    this.#lastAt = now;
    this.#received += 1;
    this.#sinceStart += 1;
    this.#countCycles(packet.sequence);
    if (this.#ordered) this.#place(packet, out);
    else this.#passOn(packet, out);
    return out;
  }

  /** RTCP on the same way has types 72 to 76; one type that alone comes is the one meant. */
  #isOurType(type: number): boolean {
    if (type === this.#payloadType) return true;
    if (type >= 72 && type <= 76) return false;
    this.#note('payload_type');
    const times = this.#otherType.type === type ? this.#otherType.times + 1 : 1;
    this.#otherType = { type, times };
    if (this.#received > 0 || times < typeAdoption) return false;
    this.#payloadType = type;
    return true;
  }

  #begin(packet: RtpPacket): void {
    this.#held.clear();
    this.#ssrc = packet.ssrc;
    this.#next = packet.sequence;
    this.#first = packet.sequence;
    this.#highest = packet.sequence;
    this.#cycles = 0;
    this.#sinceStart = 0;
  }

  #place(packet: RtpPacket, out: OrderedPacket[]): void {
    const ahead = (packet.sequence - this.#next) & 0xffff;
    if (ahead === 0) {
      this.#late = 0;
      this.#emit(packet, false, out);
      if (this.#held.size > 0) {
        this.#vain = 0;
        this.#note('reordered');
        this.#drain(out);
      }
    } else if (ahead >= 0x8000) this.#placeLate(packet, 0x10000 - ahead, out);
    else if (this.#patience === 0) this.#jump(packet, out);
    else {
      if (!this.#held.has(packet.sequence)) this.#hold(packet);
      if (this.#heldTooLong()) this.#giveUpGap(out);
    }
  }

  /** Late or twice; but a sender that jumped far back has restarted. */
  #placeLate(packet: RtpPacket, behind: number, out: OrderedPacket[]): void {
    if (behind > restartDistance) {
      this.#jump(packet, out);
      return;
    }
    // The very first packets may have changed places too.
    const beforeFirst = (this.#first - packet.sequence) & 0xffff;
    if (this.#sinceStart <= 4 && beforeFirst > 0 && beforeFirst <= 2) {
      this.#note('reordered');
      this.#out(packet, false, out);
      return;
    }
    const missed = ((packet.sequence - this.#gap.from) & 0xffff) < this.#gap.length;
    if (missed && !this.#options.datagrams) this.#patience = streamWindow;
    this.#note(missed ? 'reordered' : 'duplicate');
    this.#late += 1;
    if (this.#options.datagrams || this.#late < senselessNumbers) return;
    this.#ordered = false;
    this.#sensible = 0;
    this.#held.clear();
    this.#passOn(packet, out);
  }

  /** The numbers mean nothing: TCP itself keeps the order. */
  #passOn(packet: RtpPacket, out: OrderedPacket[]): void {
    const follows = packet.sequence === this.#next;
    if (!follows) this.#note('numbers_jump');
    this.#sensible = follows ? this.#sensible + 1 : 0;
    if (this.#sensible >= sensibleNumbers) {
      this.#ordered = true;
      this.#late = 0;
    }
    this.#emit(packet, false, out);
  }

  #hold(packet: RtpPacket): void {
    const { payload, extension } = packet;
    this.#held.set(packet.sequence, {
      ...packet,
      payload: Buffer.from(payload),
      extension: extension && { ...extension, data: Buffer.from(extension.data) },
    });
  }

  /** Over TCP a gap that outlasts a picture will not be filled. */
  #heldTooLong(): boolean {
    if (this.#held.size > this.#patience) return true;
    if (this.#options.datagrams) return false;
    const times = new Set<number>();
    for (const { timestamp } of this.#held.values()) times.add(timestamp);
    return times.size > 2;
  }

  #emit(packet: RtpPacket, lost: boolean, out: OrderedPacket[]): void {
    this.#next = (packet.sequence + 1) & 0xffff;
    this.#out(packet, lost, out);
  }

  #out({ payload, timestamp, marker, extension }: RtpPacket, lost: boolean, out: OrderedPacket[]) {
    out.push({ payload, timestamp, marker, lost, extension });
  }

  #jump(packet: RtpPacket, out: OrderedPacket[]): void {
    const gap = (packet.sequence - this.#next) & 0xffff;
    this.#countGap(gap < 0x8000 ? gap : 0);
    this.#held.clear();
    this.#emit(packet, true, out);
  }

  #drain(out: OrderedPacket[]): void {
    for (;;) {
      const packet = this.#held.get(this.#next);
      if (packet === undefined) return;
      this.#held.delete(packet.sequence);
      this.#emit(packet, false, out);
    }
  }

  #giveUpGap(out: OrderedPacket[]): void {
    let nearest: RtpPacket | null = null;
    let distance = 0x10000;
    for (const packet of this.#held.values()) {
      const ahead = (packet.sequence - this.#next) & 0xffff;
      if (ahead < distance) [nearest, distance] = [packet, ahead];
    }
    if (nearest === null) return;
    this.#held.delete(nearest.sequence);
    this.#countGap(distance);
    this.#vain += 1;
    if (!this.#options.datagrams && this.#vain >= vainWaits) this.#patience = 0;
    this.#emit(nearest, true, out);
    this.#drain(out);
    if (this.#patience > 0 || this.#held.size === 0) return;
    // Nothing is waited for any more, so nothing stays behind.
    while (this.#held.size > 0) this.#giveUpGap(out);
  }

  #countGap(length: number): void {
    this.#lost += length;
    this.#gap = { from: this.#next, length };
    this.#note(this.#options.datagrams ? 'lost' : 'numbers_jump');
  }

  #countCycles(sequence: number): void {
    if (((sequence - this.#highest) & 0xffff) >= 0x8000) return;
    if (sequence < this.#highest) this.#cycles = (this.#cycles + 1) & 0xffff;
    this.#highest = sequence;
  }

  #note(kind: StreamNoteKind): void {
    this.#options.note?.(kind);
  }
}
