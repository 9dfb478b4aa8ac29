/** Bytes of the fixed RTP header. */
export const rtpHeaderBytes = 12;

export interface RtpHeader {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** Writes an RTP header (RFC 3550, 5.1) at `offset`. Numbers wrap to their field. */
export function writeRtpHeader(target: Buffer, offset: number, header: RtpHeader): void {
  target[offset] = 0x80;
  target[offset + 1] = (header.marker ? 0x80 : 0) | (header.payloadType & 0x7f);
  target.writeUInt16BE(header.sequence & 0xffff, offset + 2);
  target.writeUInt32BE(header.timestamp >>> 0, offset + 4);
  target.writeUInt32BE(header.ssrc >>> 0, offset + 8);
}
