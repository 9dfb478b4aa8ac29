/** An RTP packet, read (RFC 3550). */
export interface RtpPacket {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
  /** A view of the datagram. */
  readonly payload: Buffer;
  /** The header extension's profile and content, where there is one. */
  readonly extension: RtpExtension | null;
}

export interface RtpExtension {
  readonly profile: number;
  readonly data: Buffer;
}

/** Reads a packet; `null` when it is none. Padding that cannot be is taken for payload. */
export function parseRtp(datagram: Buffer): RtpPacket | null {
  if (datagram.length < 12) return null;
  const first = datagram[0] ?? 0;
  const second = datagram[1] ?? 0;
  if (first >> 6 !== 2) return null;
  let start = 12 + (first & 0x0f) * 4;
  let end = datagram.length;
  let extension: RtpExtension | null = null;
  if ((first & 0x10) !== 0) {
    if (end < start + 4) return null;
    const from = start + 4;
    start = from + datagram.readUInt16BE(start + 2) * 4;
    if (end >= start) {
      extension = {
        profile: datagram.readUInt16BE(from - 4),
        data: datagram.subarray(from, start),
      };
    }
  }
  if (end < start) return null;
  const padding = (first & 0x20) === 0 ? 0 : (datagram[end - 1] ?? 0);
  if (padding <= end - start) end -= padding;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, end),
    extension,
  };
}
