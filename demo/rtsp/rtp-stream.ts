import { headroomBytes, type MediaTransport } from './media-transport.ts';
import type { Quirks, QuirkyPacket, QuirkyPayload } from './quirks.ts';
import { goodbye, senderReport } from './rtcp.ts';
import { rtpHeaderBytes, writeRtpHeader } from './rtp-packet.ts';

/** A coded picture, cut into payloads, on its way to all clients of a camera. */
export interface OutgoingUnit {
  readonly payloads: readonly QuirkyPayload[];
  readonly payloadType: number;
  readonly key: boolean;
  /** RTP timestamp before the client's own offset, 90 kHz; may be negative. */
  readonly timestamp: number;
  /** Wall time of the same instant, milliseconds. */
  readonly wallTime: number;
}

export interface RtpStreamOptions {
  readonly transport: MediaTransport;
  readonly ssrc: number;
  /** First sequence number. */
  readonly sequence: number;
  /** Added to all timestamps. */
  readonly timestampOffset: number;
  /** Units are dropped while more bytes than this wait for the client. */
  readonly maxBacklogBytes: number;
  readonly quirks?: Quirks | undefined;
  /** Called for each unit that a slow client misses. */
  readonly onUnitDropped: () => void;
}

const reportIntervalMs = 5000;

/** Sends a camera's units to one client: header fields, reports, and the bound for slow readers. */
export class RtpStream {
  readonly #options: RtpStreamOptions;
  #sequence: number;
  #waitingForKey = true;
  #behind = false;
  #packets = 0;
  #octets = 0;
  #pictures = 0;
  #lastReport = Number.NEGATIVE_INFINITY;

  constructor(options: RtpStreamOptions) {
    this.#options = options;
    this.#sequence = options.sequence & 0xffff;
  }

  get ssrc(): number {
    return this.#options.ssrc;
  }

  /** Sequence number of the next packet. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /** The client's RTP timestamp of a camera timestamp. */
  timestamp(cameraTimestamp: number): number {
    return (Math.round(cameraTimestamp) + this.#options.timestampOffset) >>> 0;
  }

  /** Sends nothing until the next key unit: after a pause, or a gap. */
  waitForKey(): void {
    this.#waitingForKey = true;
  }

  /**
   * Sends a unit, or counts it as dropped when the client is too far behind.
   * `lose` decides for each packet whether it gets lost on the way.
   * @returns packets sent
   */
  deliver(unit: OutgoingUnit, lose: () => boolean): number {
    const { transport, maxBacklogBytes } = this.#options;
    if (transport.backlog > maxBacklogBytes) {
      this.#waitingForKey = true;
      this.#behind = true;
    }
    if (this.#waitingForKey && (!unit.key || transport.backlog > maxBacklogBytes)) {
      if (this.#behind) this.#options.onUnitDropped();
      return 0;
    }
    this.#waitingForKey = false;
    this.#behind = false;
    const timestamp = this.timestamp(unit.timestamp);
    if (unit.wallTime - this.#lastReport >= reportIntervalMs) {
      this.#lastReport = unit.wallTime;
      this.#report(timestamp, unit.wallTime);
    }
    const fields: QuirkyPacket[] = [];
    for (const { payload, marker, later = 0 } of unit.payloads) {
      const sequence = this.#sequence;
      this.#sequence = (sequence + 1) & 0xffff;
      if (lose()) continue;
      fields.push({
        payloadType: unit.payloadType,
        marker,
        sequence,
        timestamp: timestamp + later,
        ssrc: this.#options.ssrc,
        payload,
      });
      this.#octets += payload.length;
    }
    const { quirks } = this.#options;
    const packets = (quirks?.packets?.(fields, this.#pictures) ?? fields).map(writePacket);
    this.#pictures += 1;
    this.#packets += packets.length;
    transport.sendRtp(packets);
    return packets.length;
  }

  /** Tells the client that the stream ends. */
  end(): void {
    this.#options.transport.sendRtcp(goodbye(this.#options.ssrc));
  }

  #report(timestamp: number, wallTime: number): void {
    this.#options.transport.sendRtcp(
      senderReport({
        ssrc: this.#options.ssrc,
        wallTime,
        timestamp,
        packets: this.#packets,
        octets: this.#octets,
      }),
    );
  }
}

function writePacket({ payload, extension, ...header }: QuirkyPacket): Buffer {
  const extra = extension === undefined ? 0 : 4 + extension.data.length;
  const packet = Buffer.alloc(headroomBytes + rtpHeaderBytes + extra + payload.length);
  writeRtpHeader(packet, headroomBytes, header);
  let at = headroomBytes + rtpHeaderBytes;
  if (extension !== undefined) {
    packet[headroomBytes] = 0x90;
    packet.writeUInt16BE(extension.profile, at);
    packet.writeUInt16BE(extension.data.length / 4, at + 2);
    packet.set(extension.data, at + 4);
    at += extra;
  }
  packet.set(payload, at);
  return packet;
}
