export interface SenderReport {
  readonly ssrc: number;
  /** Wall time, milliseconds since the Unix epoch. */
  readonly wallTime: number;
  /** RTP timestamp of the same instant. */
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
}

const ntpEpochSeconds = 2208988800;
const canonicalName = Buffer.from('nightglass');

/** A compound packet of sender report and CNAME (RFC 3550, 6.4.1 and 6.5). */
export function senderReport(report: SenderReport): Buffer {
  const sdesWords = Math.ceil((4 + 4 + 2 + canonicalName.length + 1) / 4);
  const packet = Buffer.alloc(28 + sdesWords * 4);
  packet.writeUInt32BE(0x80c80006, 0);
  packet.writeUInt32BE(report.ssrc >>> 0, 4);
  const seconds = Math.floor(report.wallTime / 1000);
  packet.writeUInt32BE((seconds + ntpEpochSeconds) >>> 0, 8);
  packet.writeUInt32BE(Math.floor(((report.wallTime / 1000) % 1) * 4294967296) >>> 0, 12);
  packet.writeUInt32BE(report.timestamp >>> 0, 16);
  packet.writeUInt32BE(report.packets >>> 0, 20);
  packet.writeUInt32BE(report.octets >>> 0, 24);
  packet.writeUInt16BE(0x81ca, 28);
  packet.writeUInt16BE(sdesWords - 1, 30);
  packet.writeUInt32BE(report.ssrc >>> 0, 32);
  packet[36] = 1;
  packet[37] = canonicalName.length;
  canonicalName.copy(packet, 38);
  return packet;
}

/** A goodbye (RFC 3550, 6.6): the camera ends the stream. */
export function goodbye(ssrc: number): Buffer {
  const packet = Buffer.alloc(8);
  packet.writeUInt32BE(0x81cb0001, 0);
  packet.writeUInt32BE(ssrc >>> 0, 4);
  return packet;
}
