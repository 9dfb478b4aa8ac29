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

/** True when a compound RTCP packet says that `sender` leaves; any sender when it is not known yet (-1). */
export function saysGoodbye(packet: Buffer, sender: number): boolean {
  let at = 0;
  while (at + 4 <= packet.length && (packet[at] ?? 0) >> 6 === 2) {
    const end = at + 4 + packet.readUInt16BE(at + 2) * 4;
    if (packet[at + 1] === 203) {
      const sources = (packet[at] ?? 0) & 0x1f;
      if (sender === -1 || sources === 0) return true;
      for (let source = 0; source < sources; source += 1) {
        const from = at + 4 + source * 4;
        if (from + 4 <= packet.length && packet.readUInt32BE(from) === sender) return true;
      }
    }
    at = end;
  }
  return false;
}
