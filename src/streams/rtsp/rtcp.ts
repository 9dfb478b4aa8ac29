import type { RtpReceiver } from './rtp-receiver.ts';

/** A receiver report (RFC 3550), the least that keeps a sender content; no loss statistics beyond totals. */
export function receiverReport(own: number, receiver: RtpReceiver): Buffer {
  const report = Buffer.alloc(32);
  report.writeUInt8(0x81, 0);
  report.writeUInt8(201, 1);
  report.writeUInt16BE(7, 2);
  report.writeUInt32BE(own >>> 0, 4);
  report.writeUInt32BE(receiver.ssrc >>> 0, 8);
  report.writeUIntBE(Math.min(receiver.lost, 0x7fffff), 13, 3);
  report.writeUInt32BE(receiver.highest >>> 0, 16);
  return report;
}

/** True when a compound RTCP packet says that the sender leaves. */
export function saysGoodbye(packet: Buffer): boolean {
  let at = 0;
  while (at + 4 <= packet.length && (packet[at] ?? 0) >> 6 === 2) {
    if (packet[at + 1] === 203) return true;
    at += 4 + packet.readUInt16BE(at + 2) * 4;
  }
  return false;
}
